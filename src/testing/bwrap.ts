import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { holdInBwrap } from "./bwrap-holder.js";
import { fillHome } from "./fill-home.js";
import type { Layer } from "./layers.js";
import { HOME, SHARED } from "./namespace-root.js";
import type { RootMaker } from "./namespace-sandbox.js";
import { findProgram } from "./programs.js";
import { SandboxError, STORE, type SandboxOptions } from "./sandbox.js";

/** Folders at the top that a root gets fresh, or none of. */
const FRESH = new Set("dev proc sys tmp run boot mnt media lost+found".split(" "));
/** Of this machine's own folders, those that a system consists of. */
const SYSTEM = new Set("bin etc home lib lib32 lib64 libx32 opt root sbin srv usr var".split(" "));

/**
 * Bubblewrap roots: what is done to /usr, /etc, /var, /home and so on goes to
 * overlays over this machine's, or over those of `rootfs`, which is a folder
 * with a file system or a tar of one. There is no network unless it is asked
 * for. Throws a SandboxError that says what is missing.
 */
export async function bwrapRoots(
  options: SandboxOptions,
  rootfs: string | undefined,
  folder: string,
): Promise<RootMaker> {
  needPrograms();
  const lower = rootfs === undefined ? "/" : unpacked(rootfs, join(folder, "rootfs"));
  return {
    kind: rootfs === undefined ? "bwrap" : `bwrap ${rootfs}`,
    lower,
    async make({ place, shared, count }) {
      const tmp = join(place, "tmp");
      mkdirSync(join(tmp, "stand"), { recursive: true });
      const { layers, words } = fileSystem(lower, place);
      fillHome(join(place, "upper", HOME), options.home);
      const holder = await holdInBwrap(count, tmp, [
        ...["--unshare-pid", "--unshare-ipc", "--unshare-uts"],
        ...(options.network ? [] : ["--unshare-net"]),
        ...words,
        ...["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"],
        ...["--bind", tmp, "/tmp", "--ro-bind", shared, SHARED],
      ]);
      const merged = `/proc/${holder.pid}/root`;
      return { holder, view: { merged, lower, layers, without: [join(HOME, STORE)] } };
    },
    async close() {},
  };
}

/** What stands at the top of a root, and the layers that hold its changes. */
function fileSystem(
  lower: string,
  place: string,
): { layers: readonly Layer[]; words: readonly string[] } {
  const layers: Layer[] = [];
  const words: string[] = [];
  const upperOf = (name: string): string => {
    const upper = join(place, "upper", name);
    mkdirSync(upper, { recursive: true });
    layers.push({ at: `/${name}`, upper });
    return upper;
  };
  for (const name of readdirSync(lower).sort()) {
    if (FRESH.has(name) || (lower === "/" && !SYSTEM.has(name))) continue;
    const from = join(lower, name);
    const stat = lstatSync(from);
    if (stat.isSymbolicLink()) words.push("--symlink", readlinkSync(from), `/${name}`);
    if (!stat.isDirectory()) continue;
    const work = join(place, "work", name);
    mkdirSync(work, { recursive: true });
    words.push("--overlay-src", from, "--overlay", upperOf(name), work, `/${name}`);
  }
  if (!layers.some(({ at }) => at === "/home")) words.push("--bind", upperOf("home"), "/home");
  return { layers, words };
}

function needPrograms(): void {
  for (const [program, from] of [["bwrap", "bubblewrap"], ["nsenter", "util-linux"]] as const) {
    if (findProgram(program) !== undefined) continue;
    throw new SandboxError(`--sandbox bwrap needs ${program}, which is not here`, `install ${from}`);
  }
  const { stdout } = spawnSync("bwrap", ["--help"], { encoding: "utf8" });
  if (stdout.includes("--overlay-src")) return;
  throw new SandboxError("this bwrap has no --overlay", "install bubblewrap 0.11 or later");
}

/** The folder of a root file system; a tar is unpacked to `folder` first. */
function unpacked(rootfs: string, folder: string): string {
  const stat = lstatSync(rootfs, { throwIfNoEntry: false });
  if (stat === undefined) throw new SandboxError(`there is no root file system ${rootfs}`);
  const real = realpathSync(rootfs);
  if (lstatSync(real).isDirectory()) return real;
  mkdirSync(folder);
  const { status, stderr } = spawnSync("tar", ["-xpf", real, "-C", folder], { encoding: "utf8" });
  if (status === 0) return folder;
  throw new SandboxError(`cannot unpack ${rootfs}: ${(stderr ?? "").split("\n", 1)[0]}`);
}
