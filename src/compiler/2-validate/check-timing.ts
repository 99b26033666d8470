import type { SyntaxTree } from "../1-parse/parse.js";
import type { KeyPath } from "../1-parse/spans.js";
import { draftSteps, hasNoCommands, type DraftStep } from "./draft-steps.js";
import { nearestDuration, parseDuration } from "./duration.js";
import { isFileAction, takesPlace } from "./file-actions.js";
import type { Draft, InstallerToml } from "./schema.js";
import { isUndoneByFailure, parseJitter, retryOf } from "./timing.js";

/** A range of durations, as an author writes them. */
interface Range {
  readonly least: string;
  readonly most: string;
}

const TIMEOUT: Range = { least: "1s", most: "168h" };
const DELAY: Range = { least: "0s", most: "1h" };
const MOST_TRIES = 100;

/** Each duration, count and jitter is one, and what a failure does makes sense. */
export function checkTiming(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  for (const one of draftSteps(draft)) {
    const { step, path, label } = one;
    checkDuration(step.timing?.timeout, TIMEOUT, [...path, "timing", "timeout"], label, tree);
    checkRetry(one, tree);
    checkPreserveState(one, tree);
  }
}

function checkDuration(
  value: string | undefined,
  { least, most }: Range,
  path: KeyPath,
  step: string,
  tree: SyntaxTree,
): void {
  // A NUL is reported by check-text.ts.
  if (value === undefined || value.includes("\0")) return;
  const key = String(path.at(-1));
  const seconds = parseDuration(value);
  if (seconds === undefined) {
    const meant = nearestDuration(value);
    const facts = { key, step, value, ...(meant === undefined ? {} : { meant }) };
    tree.log.report("WM0270", facts, tree.valueAt(path));
  } else if (seconds < (parseDuration(least) ?? 0) || seconds > (parseDuration(most) ?? 0)) {
    tree.log.report("WM0271", { key, step, value, least, most }, tree.valueAt(path));
  }
}

function checkRetry({ step, path, label }: DraftStep, tree: SyntaxTree): void {
  if (step.timing?.retry !== undefined && step.retry !== undefined) {
    tree.log.report("WM0274", { step: label }, tree.keyAt([...path, "retry"]), [
      { message: "the other one is here", place: tree.keyAt([...path, "timing", "retry"]) },
    ]);
  }
  const retry = retryOf(step);
  if (retry === undefined) return;
  const at: KeyPath =
    step.timing?.retry === undefined ? [...path, "retry"] : [...path, "timing", "retry"];
  const { count, delay, jitter } = retry;
  checkDuration(delay, DELAY, [...at, "delay"], label, tree);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= MOST_TRIES)) {
    tree.log.report("WM0272", { step: label, value: count }, tree.valueAt([...at, "count"]));
  }
  if (count === 1) tree.log.report("WM0275", { step: label }, tree.valueAt([...at, "count"]));
  if (typeof jitter === "string" && !jitter.includes("\0") && parseJitter(jitter) === undefined) {
    tree.log.report("WM0273", { step: label, value: jitter }, tree.valueAt([...at, "jitter"]));
  }
}

function checkPreserveState({ step, path, label }: DraftStep, tree: SyntaxTree): void {
  const preserve = step.on_failure?.preserve_state;
  if (preserve === undefined) return;
  const checkpoint = step.checkpoint?.enabled === false ? undefined : step.checkpoint;
  const action = step.action ?? "";
  const files = (checkpoint?.state_files?.length ?? 0) > 0 || takesPlace(action);
  const place = [...path, "on_failure", "preserve_state"];
  const undo = checkpoint?.rollback !== undefined && !hasNoCommands(checkpoint.rollback);
  if (!preserve && !undo && !isFileAction(action) && !(files && checkpoint?.snapshot !== false)) {
    tree.log.report("WM0276", { step: label }, tree.valueAt(place));
  }
  if (preserve && !files && isUndoneByFailure(step)) {
    tree.log.report("WM0277", { step: label }, tree.valueAt(place));
  }
}
