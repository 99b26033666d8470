import type { SyntaxTree } from "../1-parse/parse.js";
import type { Script } from "../4-render/script.js";
import { InternalError } from "../diagnostics/diagnostic.js";
import { authorTexts, type AuthorText } from "./author-texts.js";
import { NoShellError, SyntaxChecker } from "./shell-syntax.js";

/**
 * `sh -n` over each of the author's texts, which must be complete in itself,
 * and over what was rendered with them.
 */
export function checkSyntax(script: Script, tree: SyntaxTree): void {
  const texts = authorTexts(script.plan, tree);
  const missing = withChecker("sh", (checker) => {
    const own = texts.filter((text) => text.shell === "sh");
    if (reportRejected(own, checker, tree)) return;
    const fault = checker.fault(script.text) ?? checker.fault(script.body);
    if (fault === undefined) return;
    throw new InternalError(
      `the emitted script does not parse: line ${fault.line}: ${fault.reason}`,
    );
  });
  if (missing !== undefined) {
    tree.log.report("WM0503", { shell: "sh", reason: missing }, undefined);
  }
  const bash = texts.filter((text) => text.shell === "bash");
  // Without a bash here, the hosts that have one will tell.
  if (bash.length > 0) withChecker("bash", (checker) => reportRejected(bash, checker, tree));
}

/** Why the shell could not be asked, or undefined where it was. */
function withChecker(
  shell: string,
  use: (checker: SyntaxChecker) => void,
): string | undefined {
  const checker = new SyntaxChecker(shell);
  try {
    use(checker);
    return undefined;
  } catch (error) {
    if (error instanceof NoShellError) return error.message;
    throw error;
  } finally {
    checker.close();
  }
}

/** Reports each text that the shell does not take; whether there was one. */
function reportRejected(
  texts: readonly AuthorText[],
  checker: SyntaxChecker,
  tree: SyntaxTree,
): boolean {
  let found = false;
  for (const index of checker.rejected(texts.map(({ text }) => text))) {
    const { what, text, embedded, placeOf } = texts[index] as AuthorText;
    const fault = checker.fault(text);
    if (fault !== undefined) {
      const facts = { what, shell: checker.shell, reason: fault.reason };
      tree.log.report("WM0501", facts, placeOf(fault.line));
    } else if (embedded) {
      // It parses alone, and not with something behind it: it does not end.
      const last = text.split("\n").length - 1;
      tree.log.report("WM0502", { what }, placeOf(last));
    } else {
      // The end of its own file ends it.
      continue;
    }
    found = true;
  }
  return found;
}
