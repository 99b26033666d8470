import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** The file systems that statfs knows by a number. */
const FILE_SYSTEMS = {
  0xef53: "ext4",
  0x01021994: "tmpfs",
  0x9123683e: "btrfs",
  0x58465342: "xfs",
  0x794c7630: "overlayfs",
  0x6969: "nfs",
};

export function fileSystemOf(folder) {
  const { type } = statfsSync(folder);
  return FILE_SYSTEMS[type] ?? `type 0x${type.toString(16)}`;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A folder for one run of one contender; it is never used again. */
export class Workshop {
  #count = 0;

  constructor(root) {
    this.root = root;
  }

  folder() {
    const folder = join(this.root, String(++this.#count));
    mkdirSync(folder);
    return folder;
  }

  /** Runs a command in a folder; the milliseconds that it took. */
  time(command, folder) {
    const start = process.hrtime.bigint();
    this.#run(command, folder);
    return Number(process.hrtime.bigint() - start) / 1e6;
  }

  /** How often a command calls what costs: forks, execs, syncs. */
  count(command, folder) {
    const log = join(folder, "strace");
    const calls = "trace=clone,clone3,fork,vfork,execve,fsync,fdatasync,sync,syncfs";
    const strace = ["strace", "-f", "-qq", "-e", "signal=none", "-e", calls, "-o", log];
    this.#run([...strace, ...command], folder);
    const lines = readFileSync(log, "utf8").split("\n");
    const calling = (names) =>
      lines.filter((line) => new RegExp(`^\\d+ +(${names})\\(`).test(line)).length;
    return {
      forks: calling("clone3?|v?fork"),
      execs: calling("execve"),
      syncs: calling("fsync|fdatasync|sync|syncfs"),
    };
  }

  #run([file, ...args], folder) {
    const { status, stderr, error } = spawnSync(file, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LC_ALL: "C" },
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 1 << 26,
    });
    if (status === 0) return;
    throw new Error(`${file} ${args.join(" ")}: ${error ?? `exit ${status}`}\n${stderr}`);
  }
}
