import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** The files below a folder of the project whose names end so. */
export function filesOf(folder: string, ending: string): readonly string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(full, path))
    .sort();
}

/** A file as messages name it. */
export function nameOf(file: string): string {
  return relative(root, file);
}
