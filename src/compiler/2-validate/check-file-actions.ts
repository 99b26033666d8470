import type { SyntaxTree } from "../1-parse/parse.js";
import type { Asset, Place } from "../source.js";
import { draftSteps, type DraftStep } from "./draft-steps.js";
import { actionsWith, FILE_ACTIONS, FILE_KEYS, isFileAction, type FileKey } from "./file-actions.js";
import type { Draft, InstallerToml } from "./schema.js";
import { parseStatePath } from "./state-path.js";

/**
 * Each file action has the keys that it needs and none of another's, and each
 * of their values can be what it says. `read` is asked for a `source`.
 */
export function checkFileActions(
  draft: Draft<InstallerToml>,
  tree: SyntaxTree,
  read: (file: string) => Asset,
): void {
  for (const one of draftSteps(draft)) {
    if (one.step.action === undefined) continue;
    checkKeys(one, tree);
    if (!isFileAction(one.step.action)) continue;
    checkPaths(one, tree);
    checkLooks(one, tree);
    checkTexts(one, tree, read);
  }
}

/** Asked of the file itself: a key of a wrong type is there all the same. */
function checkKeys({ step, path, label }: DraftStep, tree: SyntaxTree): void {
  const action = step.action ?? "";
  const known = isFileAction(action) ? FILE_ACTIONS[action] : { needs: [], takes: [] };
  const { step: steps } = tree.value as { step: readonly Record<string, unknown>[] };
  const given = steps[path[1]] ?? {};
  for (const key of FILE_KEYS) {
    if (given[key] === undefined || [...known.needs, ...known.takes].includes(key)) continue;
    const facts = { step: label, action, key, actions: actionsWith(key) };
    tree.log.report("WM0246", facts, tree.keyAt([...path, key]));
  }
  if (!isFileAction(action)) return;
  const at = tree.valueAt([...path, "action"]);
  for (const key of known.needs) {
    if (given[key] === undefined) tree.log.report("WM0247", { step: label, action, keys: [key] }, at);
  }
  const takesText = known.takes.includes("source");
  if (takesText && given.content === undefined && given.source === undefined) {
    tree.log.report("WM0247", { step: label, action, keys: ["content", "source"] }, at);
  }
  if (takesText && given.content !== undefined && given.source !== undefined) {
    tree.log.report("WM0248", { step: label }, tree.keyAt([...path, "source"]), [
      { message: "the content is here", place: tree.keyAt([...path, "content"]) },
    ]);
  }
  if (given.script !== undefined) {
    tree.log.report("WM0249", { step: label, action }, tree.keyAt([...path, "script"]));
  }
}

/** A path has a place on the host; a link's target may be relative to it. */
function checkPaths({ step, path: at }: DraftStep, tree: SyntaxTree): void {
  const { path, target } = step;
  if (path !== undefined) {
    const place = (): Place => tree.valueAt([...at, "path"]);
    const parsed = parseStatePath(path);
    if (path.trim() === "") tree.log.report("WM0210", { key: "path" }, place());
    else if (parsed === undefined) {
      tree.log.report("WM0255", { path, why: "does not say where it is on the host" }, place());
    } else if (parsed.parts.includes("..")) {
      tree.log.report("WM0255", { path, why: "has a `..` in it" }, place());
    } else if (parsed.parts.length === 0) {
      tree.log.report("WM0255", { path, why: "is a folder that every host has" }, place());
    } else if (path.includes("\n")) {
      tree.log.report("WM0255", { path, why: "has a newline in it" }, place());
    }
  }
  if (target?.trim() === "") {
    tree.log.report("WM0210", { key: "target" }, tree.valueAt([...at, "target"]));
  }
}

/** What chmod and chown are given means the same on every host. */
function checkLooks({ step, path }: DraftStep, tree: SyntaxTree): void {
  const { mode, owner } = step;
  if (mode !== undefined && !/^[0-7]{3,4}$/.test(mode)) {
    tree.log.report("WM0256", { mode }, tree.valueAt([...path, "mode"]));
  }
  if (owner !== undefined && !/^[A-Za-z0-9_][\w.-]*(?::[A-Za-z0-9_][\w.-]*)?$/.test(owner)) {
    tree.log.report("WM0257", { owner }, tree.valueAt([...path, "owner"]));
  }
}

function checkTexts(
  { step, path, label }: DraftStep,
  tree: SyntaxTree,
  read: (file: string) => Asset,
): void {
  const oneLine = (key: FileKey & ("line" | "comment"), value: string | undefined): void => {
    if (value === undefined) return;
    const place = (): Place => tree.valueAt([...path, key]);
    if (value.trim() === "") tree.log.report("WM0210", { key }, place());
    else if (/[\r\n]/.test(value)) tree.log.report("WM0258", { step: label, key }, place());
  };
  oneLine("line", step.line);
  oneLine("comment", step.comment);
  if (step.source === undefined || step.content !== undefined) return;
  const found = read(step.source);
  const place = (): Place => tree.valueAt([...path, "source"]);
  if (!found.ok) {
    tree.log.report("WM0234", { file: step.source, reason: found.reason }, place());
  } else if (found.text.includes("\0")) {
    tree.log.report("WM0212", { key: step.source }, place());
  }
}
