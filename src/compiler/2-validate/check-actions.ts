import type { SyntaxTree } from "../1-parse/parse.js";
import { draftSteps } from "./draft-steps.js";
import { isFileAction } from "./file-actions.js";
import type { Draft, InstallerToml } from "./schema.js";

/** Each action has the table that it needs, and no table of another action. */
export function checkActions(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  const given = tablesGiven(tree.value);
  for (const { step, path, label } of draftSteps(draft)) {
    const { action } = step;
    if (action === undefined) continue;
    const table = action === "script" ? "script" : "verification";
    // Asked of the file itself: a table of a wrong shape is there all the same.
    if (!isFileAction(action) && !given(path[1], table)) {
      const facts = { step: label, action, table: `[step.${table}]` };
      tree.log.report("WM0230", facts, tree.valueAt([...path, "action"]));
    }
    if (action === "verify" && given(path[1], "script")) {
      tree.log.report("WM0231", { step: label }, tree.keyAt([...path, "script"]));
    }
    const commands = step.verification?.commands;
    const at = [...path, "verification", "commands"];
    if (commands?.length === 0) {
      tree.log.report("WM0239", { step: label }, tree.valueAt(at));
    }
  }
}

function tablesGiven(value: unknown): (index: number, table: string) => boolean {
  const { step } = value as { step: readonly Record<string, unknown>[] };
  return (index, table) => step[index]?.[table] !== undefined;
}
