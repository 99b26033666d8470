import type { SyntaxTree } from "../1-parse/parse.js";
import type { Script } from "../4-render/script.js";
import { checkSyntax } from "./check-syntax.js";
import type { CheckedScript } from "./checked-script.js";
import { checkHereDocument } from "./here-document.js";
import { checkRuntimeCalls } from "./runtime-calls.js";

/** Phase 5: nothing leaves that a shell would not take. */
export function check(script: Script, tree: SyntaxTree): CheckedScript {
  checkSyntax(script, tree);
  tree.log.throwIfErrors();
  checkHereDocument(script);
  checkRuntimeCalls(script);
  return { ...script, checked: true, warnings: tree.log.warnings };
}
