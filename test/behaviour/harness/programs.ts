import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a host's programs are. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

let without: string | undefined;

/** A folder of links to all of the host's programs but sqlite3. */
export function programsWithoutSqlite(): string {
  if (without === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "waymark-programs-"));
    // Tests run scripts as other users, too.
    chmodSync(folder, 0o755);
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    linkPrograms(folder, ["sqlite3"]);
    without = folder;
  }
  return without;
}

/** Fills a folder, which may be there, with links to the host's programs, but for some. */
export function linkPrograms(folder: string, missing: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const seen = new Set(missing);
  for (const from of SYSTEM_PATH.split(":")) {
    for (const name of namesIn(from)) {
      if (!seen.has(name)) symlinkSync(join(from, name), join(folder, name));
      seen.add(name);
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
