import { accessSync, constants, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** The file that a command word means, absolute; undefined where none is. */
export function findProgram(word: string): string | undefined {
  if (word.includes("/")) return isProgram(word) ? resolve(word) : undefined;
  const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, word)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
