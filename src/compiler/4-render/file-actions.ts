import type { FileAction } from "../2-validate/spec.js";
import type { Plan, PlanStep } from "../3-plan/plan.js";
import { call, delimiter, hereText } from "./shell-word.js";

/** The variable that holds how a step undoes itself: see undo-texts.ts. */
export type Undo = "RT_UNDO_MADE" | "RT_UNDO_EDIT";

/** The runtime function of each action, and what its undo is made of. */
const FORMS: Readonly<
  Record<FileAction["action"], { readonly call: string; readonly undo: Undo }>
> = {
  "file-write": { call: "rt_file_write", undo: "RT_UNDO_MADE" },
  directory: { call: "rt_directory", undo: "RT_UNDO_MADE" },
  symlink: { call: "rt_symlink", undo: "RT_UNDO_MADE" },
  "line-in-file": { call: "rt_line_in_file", undo: "RT_UNDO_EDIT" },
  "block-in-file": { call: "rt_block_in_file", undo: "RT_UNDO_EDIT" },
};

/** What a step's function is: a call of the runtime, with its text as a here-document. */
export function commandOf(file: FileAction, step: PlanStep, installer: string): object {
  const { call: run } = FORMS[file.action];
  switch (file.action) {
    case "file-write": {
      const ends = file.content.endsWith("\n") ? "" : "no-newline";
      return filled(run, [file.path, file.mode ?? "", file.owner ?? "", ends], file.content);
    }
    case "directory":
      return { command: call(run, [file.path, file.mode ?? "", file.owner ?? ""]), text: [] };
    case "symlink":
      return { command: call(run, [file.path, file.target]), text: [] };
    case "line-in-file":
      return { command: call(run, [file.path, file.line]), text: [] };
    case "block-in-file":
      return filled(run, [file.path, file.comment, `${installer} ${step.id}`], file.content);
  }
}

/** The functions of the runtime that the steps call. */
export function callsOf(plan: Plan): string[] {
  return plan.steps.flatMap(({ file }) => (file === undefined ? [] : [FORMS[file.action].call]));
}

/** The runtime modules that they are in. */
export function modulesOf(plan: Plan): string[] {
  return plan.steps.flatMap(({ file }) => {
    if (file === undefined) return [];
    return [FORMS[file.action].undo === "RT_UNDO_EDIT" ? "edit" : file.action];
  });
}

export function undoOf(file: FileAction): Undo {
  return FORMS[file.action].undo;
}

function filled(functionName: string, args: readonly string[], content: string): object {
  const end = delimiter("WAYMARK_TEXT", content);
  return { command: call(functionName, args, end), text: [hereText(content, end), end] };
}
