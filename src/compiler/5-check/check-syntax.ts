import type { SyntaxTree } from "../1-parse/parse.js";
import type { Script } from "../4-render/script.js";
import { InternalError } from "../diagnostics/diagnostic.js";
import { authorTexts, type AuthorText } from "./author-texts.js";
import { SyntaxChecker } from "./shell-syntax.js";

/**
 * `sh -n` over what was rendered and over each of the author's texts.
 *
 * The whole alone would not do: a text such as `}` and `foo() {` closes the
 * function that it stands in and opens another, and the whole parses. So each
 * text is parsed between `if` and `fi`, where that is an error. What would
 * close the `if` in its turn cannot close the function: a text that passes
 * both is complete in itself, down to its last here-document.
 */
export function checkSyntax(script: Script, tree: SyntaxTree): void {
  const texts = authorTexts(script.plan, tree);
  withChecker("sh", (checker) => {
    const reason = checker.missing();
    if (reason !== undefined) {
      tree.log.report("WM0503", { shell: "sh", reason }, undefined);
      return;
    }
    const own = texts.filter((text) => text.shell === "sh");
    if (reportRejected(own, checker, tree)) return;
    const fault = checker.fault(script.text) ?? checker.fault(script.body);
    if (fault === undefined) return;
    const guilty = own.filter((text) => reportFault(text, checker, tree));
    if (guilty.length > 0) return;
    throw new InternalError(
      `the emitted script does not parse: line ${fault.line}: ${fault.reason}`,
    );
  });
  const bash = texts.filter((text) => text.shell === "bash");
  if (bash.length === 0) return;
  withChecker("bash", (checker) => {
    // Without a bash here, the hosts that have one will tell.
    if (checker.missing() === undefined) reportRejected(bash, checker, tree);
  });
}

function withChecker(shell: string, use: (checker: SyntaxChecker) => void): void {
  const checker = new SyntaxChecker(shell);
  try {
    use(checker);
  } finally {
    checker.close();
  }
}

function reportRejected(
  texts: readonly AuthorText[],
  checker: SyntaxChecker,
  tree: SyntaxTree,
): boolean {
  const rejected = checker.rejected(
    texts.map(({ text, embedded }) => (embedded ? `if :; then\n${text}fi` : text)),
  );
  for (const index of rejected) {
    const text = texts[index] as AuthorText;
    if (reportFault(text, checker, tree)) continue;
    // It parses alone and not with something behind it: it does not end.
    const last = text.text.split("\n").length - 1;
    tree.log.report("WM0502", { what: text.what }, text.placeOf(last));
  }
  return rejected.length > 0;
}

function reportFault(
  text: AuthorText,
  checker: SyntaxChecker,
  tree: SyntaxTree,
): boolean {
  const fault = checker.fault(text.text);
  if (fault === undefined) return false;
  const facts = { what: text.what, shell: checker.shell, reason: fault.reason };
  tree.log.report("WM0501", facts, text.placeOf(fault.line));
  return true;
}
