import type { SyntaxTree } from "../1-parse/parse.js";
import { interpreterWords, isShell, programOf } from "../interpreter.js";
import type { Asset, Place } from "../source.js";
import { draftSteps, hasNoCommands, type DraftStep } from "./draft-steps.js";
import type { Draft, InstallerToml } from "./schema.js";

/**
 * Each script has one text, with commands in it, that its interpreter can
 * read. `read` is asked for the text of a `file`.
 */
export function checkScripts(
  draft: Draft<InstallerToml>,
  tree: SyntaxTree,
  read: (file: string) => Asset,
): void {
  for (const one of draftSteps(draft)) {
    checkScript(one, tree, read);
    checkOtherTexts(one, tree);
  }
}

function checkScript(
  { step, path, label }: DraftStep,
  tree: SyntaxTree,
  read: (file: string) => Asset,
): void {
  const { script } = step;
  if (script === undefined || step.action !== "script") return;
  const at = [...path, "script"];
  const words = interpreterWords(script.interpreter);
  if (words.length === 0) {
    const place = tree.valueAt([...at, "interpreter"]);
    tree.log.report("WM0237", { step: label }, place);
  }
  if (script.content !== undefined && script.file !== undefined) {
    tree.log.report("WM0233", { step: label }, tree.keyAt([...at, "file"]), [
      { message: "the content is here", place: tree.keyAt([...at, "content"]) },
    ]);
    return;
  }
  const key = script.content === undefined ? "file" : "content";
  const found = textOf(script, read);
  if (found === undefined) {
    if (!hasOtherKeys(tree.value, path[1], script)) {
      tree.log.report("WM0232", { step: label }, tree.keyAt(at));
    }
    return;
  }
  const place = (): Place => tree.valueAt([...at, key]);
  if (!found.ok) {
    const facts = { file: script.file ?? "", reason: found.reason };
    tree.log.report("WM0234", facts, place());
    return;
  }
  const { text } = found;
  if (key === "file" && text.includes("\0")) {
    tree.log.report("WM0212", { key: script.file ?? "file" }, place());
    return;
  }
  const shell = words.length === 0 || isShell(words);
  if (shell ? hasNoCommands(text) : text.trim() === "") {
    tree.log.report("WM0235", { step: label }, place());
    return;
  }
  if (shell) reportCrlf(text, "the script", label, place, tree);
  const shebang = /^#![^\n\r]*/.exec(text)?.[0].trimEnd();
  const asked = shebang === undefined ? [] : interpreterWords(shebang.slice(2));
  if (shebang !== undefined && asked.length > 0 && words.length > 0) {
    // A plain `sh` first line asks for what every interpreter here is.
    if (programOf(asked) !== programOf(words) && !(programOf(asked) === "sh" && shell)) {
      const facts = { step: label, shebang, interpreter: words.join(" ") };
      tree.log.report("WM0238", facts, place());
    }
  }
}

/** Rollbacks and verification commands are POSIX shell too. */
function checkOtherTexts({ step, path, label }: DraftStep, tree: SyntaxTree): void {
  const rollback = step.checkpoint?.rollback;
  if (rollback !== undefined) {
    const place = (): Place => tree.valueAt([...path, "checkpoint", "rollback"]);
    if (hasNoCommands(rollback)) tree.log.report("WM0254", { step: label }, place());
    else reportCrlf(rollback, "the rollback", label, place, tree);
  }
  step.verification?.commands?.forEach((command, index) => {
    if (command?.cmd === undefined) return;
    const at = [...path, "verification", "commands", index, "cmd"];
    const place = (): Place => tree.valueAt(at);
    if (hasNoCommands(command.cmd)) {
      tree.log.report("WM0240", { step: label }, place());
    } else {
      reportCrlf(command.cmd, "a verification command", label, place, tree);
    }
  });
}

/** Reports the CR that a shell would take for a part of each command. */
export function reportCrlf(
  text: string,
  what: string,
  step: string,
  place: () => Place,
  tree: SyntaxTree,
): void {
  if (text.includes("\r\n")) tree.log.report("WM0236", { what, step }, place());
}

/** The text of a script that has one, from where its table says. */
export function textOf(
  script: { readonly content?: string | undefined; readonly file?: string | undefined },
  read: (file: string) => Asset,
): Asset | undefined {
  if (script.content !== undefined) return { ok: true, text: script.content };
  return script.file === undefined ? undefined : read(script.file);
}

/** Keys that were taken out: a misspelt `content`, or one of a wrong type. */
function hasOtherKeys(value: unknown, index: number, script: object): boolean {
  const { step } = value as { step: readonly { script?: object }[] };
  return Object.keys(step[index]?.script ?? {}).some((key) => !(key in script));
}
