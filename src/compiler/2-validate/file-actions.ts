import type { StepToml } from "./schema.js";
import type { FileAction } from "./spec.js";

/** The keys of a step that belong to some of the file actions alone. */
export const FILE_KEYS = [
  "path",
  "content",
  "source",
  "mode",
  "owner",
  "target",
  "line",
  "comment",
] as const satisfies readonly (keyof StepToml)[];

export type FileKey = (typeof FILE_KEYS)[number];

/** Which of these keys an action must have, and which it may have. */
export const FILE_ACTIONS: Readonly<
  Record<FileAction["action"], { readonly needs: readonly FileKey[]; readonly takes: readonly FileKey[] }>
> = {
  "file-write": { needs: ["path"], takes: ["content", "source", "mode", "owner"] },
  directory: { needs: ["path"], takes: ["mode", "owner"] },
  symlink: { needs: ["path", "target"], takes: [] },
  "line-in-file": { needs: ["path", "line"], takes: [] },
  "block-in-file": { needs: ["path"], takes: ["content", "source", "comment"] },
};

/** Whether an action is one of them. */
export function isFileAction(action: string): action is FileAction["action"] {
  return Object.hasOwn(FILE_ACTIONS, action);
}

/** Whether it takes its path whole: the pre-image of that is tracked. */
export function takesPlace(action: string): boolean {
  return action === "file-write" || action === "symlink";
}

/** The actions that know a key: what an author most likely meant. */
export function actionsWith(key: FileKey): string[] {
  return Object.entries(FILE_ACTIONS)
    .filter(([, { needs, takes }]) => [...needs, ...takes].includes(key))
    .map(([action]) => action);
}
