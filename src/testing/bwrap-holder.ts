import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holderCommand, READY, type Holder } from "./holder.js";
import { SandboxError } from "./sandbox.js";

/**
 * Starts a process that holds bubblewrap's namespaces open. `tmp` is what it
 * has as /tmp. Throws a SandboxError with what bwrap says.
 */
export async function holdInBwrap(
  count: number,
  tmp: string,
  words: readonly string[],
): Promise<Holder> {
  const own = ["--json-status-fd", "3", "--die-with-parent"];
  const child = spawn("bwrap", [...own, ...words, "--", ...holderCommand(count)], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const told = { error: "", status: "" };
  child.stderr?.on("data", (chunk: Buffer) => (told.error += chunk.toString()));
  child.stdio[3]?.on("data", (chunk: Buffer) => (told.status += chunk.toString()));
  const gone = once(child, "exit");
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (isGone()) return;
    child.kill("SIGKILL");
    await gone;
  };
  while (!isGone()) {
    const pid = /"child-pid": *(\d+)/.exec(told.status)?.[1];
    if (pid !== undefined && existsSync(join(tmp, READY))) return { pid: Number(pid), stop };
    await sleep(5);
  }
  throw new SandboxError(
    `bwrap cannot make a root here: ${told.error.split("\n", 1)[0] || "it does not say why"}`,
    "it needs user namespaces or root, and overlays must be possible in the temporary folder",
  );
}
