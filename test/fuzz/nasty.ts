import type { Random } from "../setup/random.js";

/**
 * A command that is on the PATH of all that the fuzz test runs, and tells of
 * each call. Texts that are data call it in every way in which shell could be
 * led to; a file of this name with a tail betrays a redirection.
 */
export const CANARY = "wmcanary";

/** Each runs the canary where it is read as shell, inside some quotes or none. */
const INJECTIONS: readonly string[] = [
  `$(${CANARY})`,
  `\`${CANARY}\``,
  `'; ${CANARY}; '`,
  `"; ${CANARY}; "`,
  `'"; ${CANARY}; "'`,
  `'\\''; ${CANARY}; '\\''`,
  `\\'; ${CANARY} #`,
  `\\"; ${CANARY} #`,
  `'$(${CANARY})'`,
  `"$(${CANARY})"`,
  `\\$(${CANARY})`,
  `\${x:-$(${CANARY})}`,
  `$((x[$(${CANARY})]))`,
  `x[$(${CANARY})]`,
  `; ${CANARY};`,
  `& ${CANARY} &`,
  `| ${CANARY}`,
  `&& ${CANARY} || ${CANARY}`,
  `) ; ${CANARY} ; (`,
  `; } ; ${CANARY} ; f() {`,
  `;; esac; ${CANARY}; case x in x)`,
  `done; ${CANARY}; while false; do`,
  `<(${CANARY})`,
  `=(${CANARY})`,
  `=${CANARY}`,
  `$'\\n'${CANARY}`,
  `>${CANARY}-file`,
  `$(>${CANARY}-file)`,
  `\`touch ${CANARY}-file\``,
  `'>${CANARY}-file'`,
  `%s$(${CANARY})%n%d`,
  `-n \\c $(${CANARY})`,
  `{{${CANARY}}} {{{put ${CANARY}}}} {{#if}} {{> body}}`,
  "'); DROP TABLE step_checkpoints; --",
  "'||load_extension('x')||'",
  "; rt_main ${1+\"$@\"}",
  "; rt_nothing_of_that_name ",
  "rt_foo() { :; }; waymark_plan",
];

/** The same with line ends, for what may have more than one line. */
const INJECTIONS_OF_LINES: readonly string[] = [
  `\n${CANARY}\n`,
  `\r\n${CANARY}\r\n`,
  `\r${CANARY}\r`,
  `\u2028${CANARY}\u2028`,
  `\u0085${CANARY}\u0085`,
  `\v${CANARY}\f`,
  `'\n${CANARY}\n'`,
  `"\n${CANARY}\n"`,
  `\\\n${CANARY}\n`,
  `# \n${CANARY} #`,
  `\nWAYMARK_BODY\n${CANARY}\n`,
  `\nWAYMARK_BODY_2\n${CANARY}\n`,
  `\nWAYMARK_SCRIPT\n${CANARY}\n`,
  `\nWAYMARK_EOF\nEOF\n${CANARY}\n`,
  `\n}\n${CANARY}\n{\n`,
  `\n.shell ${CANARY}\n.system ${CANARY}\n`,
  `'); \n.shell ${CANARY}\n`,
  `\n.quit\n.print x\n/\ngo\n;\n`,
  `\nrt_foo() {\n${CANARY}\n}\n`,
  `\n# module: base\n# requires: nothing_of_that_name\n`,
];

const ODD: readonly string[] = [
  "",
  " ",
  "'",
  '"',
  "\\",
  "`",
  "$",
  "$HOME",
  "${HOME}",
  "~",
  "*",
  "?[!a-z]",
  "#",
  "!",
  "%",
  "%%",
  "--",
  "-rf",
  ",",
  "|",
  "&",
  "{a,b}",
  "rt_",
  "null",
  "true",
  "0",
  "\u00e9",
  "Zu\u0308rich",
  "\u65e5\u672c\u8a9e",
  "\u{1f680}",
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  "\u00a0",
  "\u200b",
  "\ufeff",
  "\ufffd",
  "\uffff",
  "\u{10ffff}",
  "\u0430",
];

const CONTROLS: readonly string[] = [
  "\n",
  "\n\n",
  "\t",
  "\r",
  "\x01",
  "\x07",
  "\b",
  "\x1b[31m",
  "\x1b]0;x\x07",
  "\x7f",
  "\u0080",
  "\u009b31m",
];

/** What turns the direction of text: refused where people read it. */
export const MISLEADING: readonly string[] = ["\u202e", "\u2066", "\u202a"];

/** Text of one line, without control characters; it may be empty. */
export function nastyLine(random: Random): string {
  return composed(random, [...INJECTIONS, ...ODD]).replace(/[\p{Cc}\u2028\u2029]/gu, "");
}

/** Text of any number of lines, with all characters but NUL. */
export function nastyText(random: Random): string {
  return composed(random, [...INJECTIONS, ...INJECTIONS_OF_LINES, ...ODD, ...CONTROLS]);
}

/** One piece that a shell would run, for the middle of any value. */
export function injection(random: Random): string {
  return random.pick([...INJECTIONS, ...INJECTIONS_OF_LINES]);
}

function composed(random: Random, pieces: readonly string[]): string {
  if (random.oneIn(200)) return random.pick(pieces).repeat(random.between(100, 3000));
  const some = random.times(random.between(1, 4), () => random.pick([...pieces, "a word"]));
  return some.join(random.pick(["", "", " "]));
}
