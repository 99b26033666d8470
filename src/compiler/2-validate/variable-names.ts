/** What POSIX takes for the name of a variable. */
export const POSIX_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the runtime keeps for itself: an installer can neither set nor read it. */
const RUNTIME = /^(?:waymark_|rt_)/i;

/** Names of the runtime's other variables, and what shells change as they run. */
const UNREADABLE = new Set(
  `_ IFS LINENO OLDPWD OPTARG OPTERR OPTIND PPID PWD RANDOM REPLY SECONDS
  BASHPID BASH_COMMAND BASH_LINENO DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME
  HISTCMD PIPESTATUS SRANDOM __proto__`.split(/\s+/),
);

/**
 * Names that the runtime or a shell needs as they are: read-only in one of the
 * shells, tied to another variable, numbers alone, or what finds the programs.
 */
const UNSETTABLE = new Set(
  `PATH HOME ENV BASH_ENV BASH BASHOPTS SHELLOPTS BASH_VERSION BASH_VERSINFO
  BASH_ARGC BASH_ARGV BASH_SOURCE BASH_SUBSHELL BASH_XTRACEFD CDPATH GLOBIGNORE
  POSIXLY_CORRECT EUID UID GID EGID GROUPS USERNAME USER_ID KSHUID KSHEUID KSHGID KSHEGID
  KSH_VERSION ZSH_VERSION YASH_VERSION PGRP TMOUT SHLVL COLUMNS LINES FUNCNEST
  HISTSIZE SAVEHIST LISTMAX KEYTIMEOUT MAILCHECK BAUD ERRNO TTYIDLE ARGC FPATH
  FIGNORE MAILPATH MANPATH MODULE_PATH PSVAR WATCH ZSH_EVAL_CONTEXT ZSH_SUBSHELL
  TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT
  aliases argv builtins cdpath commands dirstack fignore fpath functions
  funcstack history jobdirs jobstates jobtexts keymaps mailpath manpath module_path
  modules nameddirs options parameters path patchars pipestatus prompt psvar reswords
  signals status userdirs usergroups watch widgets zsh_eval_context`.split(/\s+/),
);

/** Whether a variable of this name can be read from the caller's environment. */
export function isReadable(name: string): boolean {
  return !RUNTIME.test(name) && !name.startsWith("rollback_") && !UNREADABLE.has(name);
}

/** Whether a step can be given a variable of this name. */
export function isSettable(name: string): boolean {
  return isReadable(name) && !UNSETTABLE.has(name);
}
