import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a loaded machine; only a fault ever waits it out. */
const PATIENCE_MS = 30_000;

/** Waits until `is` holds, or fails saying what never came. */
export async function waitUntil(
  what: string,
  is: () => boolean,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!is()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(5);
  }
}

export async function waitForFile(path: string): Promise<void> {
  await waitUntil(`${path} exists`, () => existsSync(path));
}
