import type { Script } from "../4-render/script.js";
import { InternalError } from "../diagnostics/diagnostic.js";

/** The body travels in a here-document: it must arrive whole. */
export function checkHereDocument(script: Script): void {
  const at = script.text.indexOf(script.body);
  if (at < 0) throw new InternalError("the script does not carry its body");
  const opening = /<<-?'([^'\n]+)'[^\n]*\n$/.exec(script.text.slice(0, at));
  const delimiter = opening?.[1];
  if (delimiter === undefined) {
    throw new InternalError("the script's body is in no quoted here-document");
  }
  if (`\n${script.body}`.includes(`\n${delimiter}\n`)) {
    throw new InternalError(`the script's body holds its own end, ${delimiter}`);
  }
}
