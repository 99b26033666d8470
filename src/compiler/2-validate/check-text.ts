import type { SyntaxTree } from "../1-parse/parse.js";
import type { KeyPath } from "../1-parse/spans.js";
import { draftSteps } from "./draft-steps.js";
import type { Draft, InstallerToml } from "./schema.js";

/** Control characters, line ends, and what turns the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** What makes a reader see other words than those that stand there. */
const MISLEADING = /[\u202a-\u202e\u2066-\u2069]/u;

/**
 * What is compared or run is one line of plain text, what people read does not
 * mislead them, what must be there is not empty, and no text holds a NUL.
 */
export function checkText(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  const without = (unwanted: RegExp, value: string | undefined, path: KeyPath): void => {
    if (value === undefined || value.includes("\0")) return;
    const key = String(path.at(-1));
    const [character] = unwanted.exec(value) ?? [];
    if (character !== undefined) {
      const facts = { key, character: nameOf(character) };
      tree.log.report("WM0211", facts, tree.valueAt(path));
    }
  };
  const oneLine = (value: string | undefined, path: KeyPath): void =>
    without(UNPRINTABLE, value, path);
  const notEmpty = (value: string | undefined, path: KeyPath): void => {
    if (value !== "") return;
    tree.log.report("WM0210", { key: String(path.at(-1)) }, tree.valueAt(path));
  };
  const filled = (value: string | undefined, path: KeyPath, unwanted: RegExp): void => {
    if (value?.trim() === "") notEmpty("", path);
    else without(unwanted, value, path);
  };

  const { installer } = draft;
  // What else a name or an id must be, check-ids.ts says.
  notEmpty(installer?.name, ["installer", "name"]);
  filled(installer?.version, ["installer", "version"], UNPRINTABLE);
  for (const key of ["homepage", "license"] as const) {
    oneLine(installer?.[key], ["installer", key]);
  }
  for (const key of ["description", "author"] as const) {
    without(MISLEADING, installer?.[key], ["installer", key]);
  }
  for (const { step, path } of draftSteps(draft)) {
    notEmpty(step.id, [...path, "id"]);
    filled(step.name, [...path, "name"], MISLEADING);
    filled(step.on_failure?.message, [...path, "on_failure", "message"], MISLEADING);
    oneLine(step.script?.interpreter, [...path, "script", "interpreter"]);
  }
  checkNul(draft, [], tree);
}

function checkNul(value: unknown, path: (string | number)[], tree: SyntaxTree): void {
  if (typeof value === "string") {
    if (!value.includes("\0")) return;
    const key = path.findLast((part) => typeof part === "string");
    tree.log.report("WM0212", { key: String(key) }, tree.valueAt(path));
  } else if (Array.isArray(value)) {
    value.forEach((inner, index) => checkNul(inner, [...path, index], tree));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkNul(inner, [...path, key], tree);
    }
  }
}

function nameOf(character: string): string {
  if (character === "\n") return "a newline";
  if (character === "\t") return "a tab";
  if (character === "\x1b") return "an escape character";
  const code = character.codePointAt(0) ?? 0;
  return `the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
