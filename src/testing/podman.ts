import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fillHome } from "./fill-home.js";
import { holderCommand, READY, type Holder } from "./holder.js";
import { HOME, SHARED } from "./namespace-root.js";
import type { RootMaker } from "./namespace-sandbox.js";
import { findProgram } from "./programs.js";
import { SandboxError, STORE, type SandboxOptions } from "./sandbox.js";

/** What podman itself puts into a container, or what is fresh in it. */
const OWN =
  "/proc /dev /sys /run /tmp /etc/hosts /etc/hostname /etc/resolv.conf /etc/mtab".split(" ");

/**
 * Containers of an image, whose changes are read from their upper layer.
 * There is no network unless it is asked for. Throws a SandboxError that says
 * what is missing.
 */
export async function podmanRoots(
  options: SandboxOptions,
  image: string,
  folder: string,
): Promise<RootMaker> {
  for (const program of ["podman", "nsenter"]) {
    if (findProgram(program) !== undefined) continue;
    throw new SandboxError(`--sandbox podman needs ${program}, which is not here`, "install it");
  }
  // Of the image as it is: all others are held against it.
  const untouched = await start(options, image, join(folder, "untouched"), folder, 0);
  return {
    kind: `podman ${image}`,
    lower: `/proc/${untouched.holder.pid}/root`,
    async make({ place, shared, count }) {
      const { holder, upper } = await start(options, image, join(place, "tmp"), shared, count);
      const merged = `/proc/${holder.pid}/root`;
      mkdirSync(join(merged, "home"), { recursive: true });
      fillHome(join(merged, HOME), options.home);
      const lower = `/proc/${untouched.holder.pid}/root`;
      const without = [...OWN, SHARED, join(HOME, STORE)];
      return { holder, view: { merged, lower, layers: [{ at: "/", upper }], without } };
    },
    close: () => untouched.holder.stop(),
  };
}

/** Starts a container that does nothing, with `tmp` as its /tmp. */
async function start(
  options: SandboxOptions,
  image: string,
  tmp: string,
  shared: string,
  count: number,
): Promise<{ holder: Holder; upper: string }> {
  mkdirSync(join(tmp, "stand"), { recursive: true });
  const [program = "", ...args] = holderCommand(count);
  const network = options.network ? [] : ["--network", "none"];
  const volumes = ["--volume", `${shared}:${SHARED}:ro`, "--volume", `${tmp}:/tmp`];
  const run = ["run", "--detach", "--rm", "--user", "0", ...network, ...volumes];
  const id = podman([...run, "--entrypoint", program, image, ...args]);
  const stop = async (): Promise<void> => {
    podman(["rm", "--force", "--time", "0", id]);
  };
  for (let state = "true"; state === "true"; await sleep(5)) {
    const format = "{{.State.Running}} {{.State.Pid}} {{.GraphDriver.Data.UpperDir}}";
    const [running = "", pid, upper = ""] = podman(["inspect", "--format", format, id]).split(" ");
    if (existsSync(join(tmp, READY))) return { holder: { pid: Number(pid), stop }, upper };
    state = running;
  }
  await stop();
  throw new SandboxError(`a container of ${image} ends at once`, "it needs /bin/sh and sleep");
}

/** What a call of podman prints. */
function podman(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("podman", args, { encoding: "utf8" });
  if (status === 0) return stdout.trim();
  const line = (stderr ?? "").trim().split("\n").at(-1);
  throw new SandboxError(`podman ${args[0]} fails: ${line}`);
}
