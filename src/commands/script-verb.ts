import { CommandError } from "./io.js";
import { forward } from "./run.js";
import { splitWords } from "./target.js";

/** A verb that an emitted script answers itself: waymark finds the script. */
export interface ScriptVerb {
  readonly verb: string;
  readonly summary: string;
  /** How its words behind NAME|PATH are shown in its usage line. */
  readonly usage: string;
  readonly help: string;
}

/** `VERB NAME|PATH [WORDS…]`: the script's exit code. */
export async function scriptVerbCommand(
  { verb }: ScriptVerb,
  words: readonly string[],
): Promise<number> {
  const { name, rest } = splitWords(words);
  if (name === undefined) {
    const help = `name an installer or a file, as in: waymark ${verb} my-app`;
    throw new CommandError(`${verb} needs a NAME or a PATH`, 2, help);
  }
  return forward(name, verb, rest);
}
