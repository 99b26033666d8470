import { accessSync, constants, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The file that a command word means, absolute; undefined where none is. */
export function findProgram(
  word: string,
  path: string = process.env["PATH"] ?? "",
): string | undefined {
  if (word.includes("/")) return isProgram(word) ? resolve(word) : undefined;
  return foldersOf(path)
    .map((folder) => join(folder, word))
    .find(isProgram);
}

/**
 * Fills a new folder with links to all programs of a PATH, but for some.
 * `root` is where the root that the PATH is of is seen.
 */
export function linkPrograms(
  folder: string,
  path: string,
  missing: readonly string[],
  root = "/",
): void {
  mkdirSync(folder);
  const seen = new Set(missing);
  for (const from of foldersOf(path)) {
    for (const name of namesIn(join(root, from))) {
      if (!seen.has(name)) symlinkSync(join(from, name), join(folder, name));
      seen.add(name);
    }
  }
}

/** Makes a folder whose `sh` is the shell of these command words. */
export function linkSh(folder: string, shell: readonly string[]): void {
  mkdirSync(folder);
  const text = `#!/bin/sh\nexec ${shell.join(" ")} \${1+"$@"}\n`;
  writeFileSync(join(folder, "sh"), text, { mode: 0o755 });
}

function foldersOf(path: string): readonly string[] {
  return path.split(":").filter((folder) => folder !== "");
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
