import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../assets.js";
import { CompileError } from "../compiler/diagnostics/diagnostic.js";
import { DiagnosticLog } from "../compiler/diagnostics/log.js";

/**
 * Writes an executable file whole or not at all: beside its place, synced,
 * and renamed. Throws a CompileError of one line.
 */
export function writeExecutable(path: string, text: string): void {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) replace(path, text);
    // A link's target is what is meant; a device or a pipe is written into.
    else if (stat.isFile()) replace(realpathSync(path), text);
    else writeFileSync(path, text);
  } catch (error) {
    const log = new DiagnosticLog();
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such folder" : reasonOf(error);
    log.report("WM0902", { path, reason }, undefined);
    throw new CompileError(log.all);
  }
}

function replace(path: string, text: string): void {
  const suffix = randomBytes(6).toString("hex");
  // Shortened, so that the longest name that is allowed still gets a sibling.
  const beside = join(dirname(path), `.${basename(path).slice(0, 40)}.${suffix}`);
  try {
    const file = openSync(beside, "wx", 0o755);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Whatever the umask is: a script that is not executable is no installer.
    chmodSync(beside, 0o755);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
