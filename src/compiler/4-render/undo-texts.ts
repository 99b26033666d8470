import type { Plan } from "../3-plan/plan.js";
import { undoOf, type Undo } from "./file-actions.js";
import { moduleText } from "./modules.js";
import { joined, name, quotedWord, type ShellText } from "./shell-word.js";

/** The functions of such a rollback, what it calls, and what it goes on with. */
const UNDO: Readonly<
  Record<Undo, { readonly modules: readonly string[]; readonly calls: string; readonly then?: Undo }>
> = {
  RT_UNDO_MADE: { modules: ["undo-made"], calls: "undo_made\n" },
  RT_UNDO_EDIT: { modules: ["edit-region", "undo-edit"], calls: "undo_edit\n", then: "RT_UNDO_MADE" },
};

/**
 * How the plan's file actions undo themselves: variables with shell text, and
 * for each such step its rollback. A list of one, or of none.
 */
export function undoView(plan: Plan, runtime: Readonly<Record<string, string>>): object[] {
  const used = new Set<Undo>();
  for (const { file } of plan.steps) {
    const undo = file && undoOf(file);
    if (undo === undefined) continue;
    used.add(undo);
    const { then } = UNDO[undo];
    if (then !== undefined) used.add(then);
  }
  if (used.size === 0) return [];
  // One that goes on with another stands behind it.
  const inOrder = (Object.keys(UNDO) as Undo[]).filter((undo) => used.has(undo));
  return [
    {
      texts: inOrder.map((undo) => ({ name: name(undo), text: textOf(undo, runtime) })),
      rollbacks: plan.steps.flatMap(({ file, symbol, checkpoint }) => {
        if (file === undefined) return [];
        const author = checkpoint?.rollback === undefined ? [] : [name(`rollback_${symbol}`)];
        return [{ symbol: name(symbol), text: joined([], [...author, name(undoOf(file))]) }];
      }),
    },
  ];
}

function textOf(undo: Undo, runtime: Readonly<Record<string, string>>): ShellText {
  const { modules, calls, then } = UNDO[undo];
  const functions = modules.map((module) => moduleText(module, runtime));
  const text = quotedWord(`${functions.join("\n")}\n${calls}`);
  return joined([text], then === undefined ? [] : [name(then)]);
}
