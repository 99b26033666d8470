/** The interpreter's words; `sh` where none is named. */
export function interpreterWords(interpreter: string | undefined): string[] {
  return (interpreter ?? "sh").split(/\s+/).filter((word) => word !== "");
}

/** The name of the program that runs, also behind `/usr/bin/env`. */
export function programOf(words: readonly string[]): string {
  const names = words.map((word) => word.slice(word.lastIndexOf("/") + 1));
  if (names[0] !== "env") return names[0] ?? "";
  return names.slice(1).find((name) => !/^-|=/.test(name)) ?? "env";
}

const SHELLS = new Set([
  "sh",
  "ash",
  "bash",
  "busybox",
  "dash",
  "ksh",
  "ksh93",
  "mksh",
  "yash",
  "zsh",
]);

/** Whether the text can be a function of install.sh: `sh`, with no arguments. */
export function isPlainSh(words: readonly string[]): boolean {
  return words.join(" ") === "sh";
}

/** Whether it reads shell: comments with `#`, and no CR at a line's end. */
export function isShell(words: readonly string[]): boolean {
  return SHELLS.has(programOf(words));
}
