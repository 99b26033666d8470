import { build } from "./build.js";
import { runScript, runText } from "./script-process.js";
import { checkpointFolder, findTarget, splitWords } from "./target.js";

export const runHelp = `
Flags of the script itself are passed through, as are its exit codes:
  --checkpoint-dir DIR, --set NAME=VALUE, --fresh, --dry-run, --yes, --quiet, --verbose, --json, --no-color

Examples:
  waymark run                         compile and run ./installer.toml
  waymark run app --checkpoint-dir D  app/installer.toml, with its state in D
  waymark run my-app --fresh          run an installed one again, by its name
`;

/** `run [NAME|FILE|DIR] [FLAGS…]`: compiles it, and runs what came out. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const { name, rest } = splitWords(words);
  return forward(name ?? ".", "run", rest);
}

/** Gives a verb and its flags to the script that a NAME|PATH means. */
export async function forward(
  name: string,
  verb: string,
  rest: readonly string[],
): Promise<number> {
  const target = findTarget(name, checkpointFolder(rest));
  if (target.kind === "script") return runScript(target.path, [verb, ...rest]);
  return runText(build(target.path).text, [verb, ...rest]);
}
