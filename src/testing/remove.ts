import { chmodSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Removes a tree, also where an installer took the right to do so away. */
export function removeTree(path: string): void {
  const options = { recursive: true, force: true, maxRetries: 5 } as const;
  try {
    rmSync(path, options);
  } catch {
    openFolders(path);
    rmSync(path, options);
  }
}

function openFolders(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) openFolders(join(path, name));
}
