import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { STORE } from "./sandbox.js";

/** Makes a home: a copy of a folder, or empty but for the place of the store. */
export function fillHome(home: string, from: string | undefined): void {
  if (from === undefined) mkdirSync(home);
  else cpSync(from, home, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  // The store is there as soon as a run begins: it makes no difference.
  mkdirSync(join(home, STORE), { recursive: true });
  chmodSync(join(home, STORE), 0o700);
}
