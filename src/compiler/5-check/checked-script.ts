import type { Script } from "../4-render/script.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";

/** A script that passed every check: safe to write out. */
export interface CheckedScript extends Script {
  readonly checked: true;
  /** What the author should know all the same, in the order of the file. */
  readonly warnings: readonly Diagnostic[];
}
