import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./compile.js";

/** A quoted text that a runtime module assigns to a variable, without its quotes. */
export function runtimeVariable(module: string, variable: string): string {
  const text = readFileSync(join(projectRoot, "runtime", `${module}.sh`), "utf8");
  const found = new RegExp(`^${variable}=(['"])([^]*?)\\1$`, "m").exec(text);
  if (found?.[2] === undefined) throw new Error(`runtime/${module}.sh does not set ${variable}`);
  return found[2];
}
