import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { reasonOf } from "../assets.js";
import { CommandError } from "./io.js";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `sh FILE ARGS…` on this terminal; its exit code, or 128+N. */
export function runScript(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const forward = (signal: NodeJS.Signals): void => {
      // The terminal has sent Ctrl-C to the script as well: once is enough.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    // Before the script begins: a signal must not end waymark without it.
    for (const signal of FORWARDED) process.on(signal, forward);
    const child = spawn("sh", [file, ...args], { stdio: "inherit" });
    const done = (): void => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.on("error", (error) => {
      done();
      const { code } = error as NodeJS.ErrnoException;
      const reason = code === "ENOENT" ? "there is no sh here" : reasonOf(error);
      reject(new CommandError(`cannot run the script: ${reason}`, 1));
    });
    child.on("exit", (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Runs a script's text from a file that is private and goes away again. */
export async function runText(text: string, args: readonly string[]): Promise<number> {
  const folder = privateFolder();
  try {
    const file = join(folder, "install.sh");
    writeText(file, text);
    return await runScript(file, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function privateFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "waymark-"));
  } catch (error) {
    throw new CommandError(`cannot make a folder in ${tmpdir()}: ${reasonOf(error)}`, 1);
  }
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new CommandError(`cannot write ${file}: ${reasonOf(error)}`, 1);
  }
}
