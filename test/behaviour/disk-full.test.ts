// G8: the exit code and the last line tell the truth when the disk is full.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shells } from "../setup/shells.js";
import { installerToml, Sandbox, Store, trace } from "./harness/index.js";

const disk = mkdtempSync(join(tmpdir(), "waymark-disk-"));
const mounted =
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).status === 0;

const TOML = installerToml({
  steps: [
    { id: "a", run: trace("a"), checkpoint: {} },
    {
      id: "fill",
      run: `${trace("fill")}[ -e ~/no-fill ] || cat /dev/zero >"$DISK/fill" || :\n`,
      checkpoint: {},
    },
    { id: "c", run: trace("c"), checkpoint: {} },
  ],
});

afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const why = mounted ? "" : " (skipped: no tmpfs can be mounted here)";

describe.runIf(mounted)(`a full disk${why}`, { timeout: 120_000 }, () => {
  beforeAll(() => expect(statfsSync(disk).blocks).toBeGreaterThan(0));

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    "under the store from the start: exit 5, no step runs, in %s",
    async (_, shell) => {
      const box = Sandbox.create(shell, TOML);
      const dir = join(disk, `start-${shell.key}`);
      mkdirSync(dir);
      writeFileSync(join(disk, "fill"), "");
      spawnSync("sh", ["-c", 'cat /dev/zero >"$1"', "sh", join(disk, "fill")]);
      const env = { DISK: disk };
      const { stderr } = await box.expectExit(5, ["--checkpoint-dir", dir], { env });
      rmSync(join(disk, "fill"));
      expect(stderr.trim()).not.toBe("");
      expect(box.trace()).toEqual([]);
      box.write("no-fill", "");
      await box.expectExit(0, ["--checkpoint-dir", dir], {
        env: { DISK: box.tmp },
      });
      expect(box.trace()).toEqual(["a", "fill", "c"]);
      rmSync(dir, { recursive: true });
    },
  );

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    "in the middle: never exit 0, and a resume goes on, in %s",
    async (_, shell) => {
      const box = Sandbox.create(shell, TOML);
      const dir = join(disk, `middle-${shell.key}`);
      mkdirSync(dir);
      const flags = ["--checkpoint-dir", dir];
      const env = { DISK: disk };
      const { stderr, exit } = await box.run(flags, { env });
      rmSync(join(disk, "fill"), { force: true });
      expect(exit, stderr).toBe(5);
      expect(stderr.trim()).not.toBe("");
      const store = new Store(join(dir, "demo"));
      expect(store.sql("PRAGMA integrity_check")).toEqual(["ok"]);
      box.write("no-fill", "");
      await box.expectExit(0, ["resume", ...flags], { env });
      expect(box.trace().slice(0, 2)).toEqual(["a", "fill"]);
      expect(box.trace().at(-1)).toBe("c");
      expect(box.trace().filter((id) => id === "a")).toHaveLength(1);
      rmSync(dir, { recursive: true });
    },
  );
});
