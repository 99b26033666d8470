import type { Script } from "../4-render/script.js";

/** A script that passed every check: safe to write out. */
export interface CheckedScript extends Script {
  readonly checked: true;
}
