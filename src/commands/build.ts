import { readSource } from "../assets.js";
import { compile } from "../compiler/compile.js";
import type { CheckedScript } from "../compiler/5-check/checked-script.js";
import { printDiagnostics } from "./io.js";

/** Compiles what a FILE or DIR means, and prints its warnings. */
export function build(fileOrFolder: string): CheckedScript {
  const script = compile(readSource(fileOrFolder));
  printDiagnostics(script.warnings);
  return script;
}

/** "robust-app 1.0.0, 3 steps" */
export function summaryOf({ plan }: CheckedScript): string {
  const { name, version } = plan.installer;
  const count = plan.steps.length;
  return `${name} ${version}, ${count} ${count === 1 ? "step" : "steps"}`;
}
