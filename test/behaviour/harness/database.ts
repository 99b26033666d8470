// What is asked about the SQLite store alone.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs SQL on a copy of a checkpoint.db and its log, so that what a killed
 * call left stays as it is. Returns its lines; none where there is no
 * database, and sqlite3's words where it refuses.
 */
export function askCopy(dir: string, sql: string): readonly string[] {
  if (!existsSync(join(dir, "checkpoint.db"))) return [];
  const folder = mkdtempSync(join(tmpdir(), "waymark-copy-"));
  try {
    for (const name of ["checkpoint.db", "checkpoint.db-wal", "checkpoint.db-journal"]) {
      if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(folder, name));
    }
    const copy = join(folder, "checkpoint.db");
    const out = execFileSync("sqlite3", ["-batch", copy, sql], { stdio: "pipe" });
    return out.toString().split("\n").slice(0, -1);
  } catch (error) {
    return [String((error as { stderr?: Buffer }).stderr ?? error)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** "ok", or what is wrong with the database in a store; "ok" without one. */
export function integrityOf(dir: string): string {
  return askCopy(dir, "PRAGMA integrity_check").join("\n") || "ok";
}
