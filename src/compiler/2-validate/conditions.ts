import type { ConditionsToml } from "./condition-schema.js";

/** One thing that must hold on the host. Paths are unresolved. */
export type Condition =
  | { readonly kind: "file"; readonly path: string }
  /** Four octal digits. */
  | { readonly kind: "mode"; readonly path: string; readonly mode: string }
  | { readonly kind: "variable"; readonly name: string; readonly matches: string }
  | { readonly kind: "absent"; readonly package: string }
  | { readonly kind: "service"; readonly service: string }
  /** A user or group may be `${NAME}`: of the environment. */
  | { readonly kind: "member"; readonly user: string; readonly group: string }
  | { readonly kind: "command"; readonly command: string };

/** A `file_mode`, taken apart; without a path it is for each `file_exists`. */
export interface FileMode {
  readonly path?: string;
  readonly mode: string;
}

/** Undefined where it is neither `MODE` nor `PATH:MODE`. */
export function parseFileMode(text: string): FileMode | undefined {
  const found = /^(?:([^]*):)?0?([0-7]{3,4})$/.exec(text);
  if (found === null) return undefined;
  const mode = (found[2] ?? "").padStart(4, "0");
  return found[1] === undefined ? { mode } : { path: found[1], mode };
}

/** A value that may stand alone or in a list, as a list. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** A table's conditions, checked before, in the order in which they are asked. */
export function toConditions(table: ConditionsToml | undefined): readonly Condition[] {
  if (table === undefined) return [];
  const files = listOf(table.file_exists);
  return [
    ...files.map((path): Condition => ({ kind: "file", path })),
    ...listOf(table.file_mode).flatMap((text) => toModes(text, files)),
    ...Object.entries(table.env_matches ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, matches]): Condition => ({ kind: "variable", name, matches })),
    ...listOf(table.packages_absent).map((name): Condition => ({ kind: "absent", package: name })),
    ...listOf(table.service_active).map((service): Condition => ({ kind: "service", service })),
    ...listOf(table.user_in_group).map((one): Condition => ({ kind: "member", ...one })),
    ...listOf(table.command_succeeds).map((command): Condition => ({ kind: "command", command })),
  ];
}

function toModes(text: string, files: readonly string[]): Condition[] {
  const parsed = parseFileMode(text);
  if (parsed === undefined) return [];
  const paths = parsed.path === undefined ? files : [parsed.path];
  return paths.map((path) => ({ kind: "mode", path, mode: parsed.mode }));
}
