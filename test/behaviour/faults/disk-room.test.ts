// G8: a disk that is full after a few KB, at each write in turn: the call says
// so with 5 or 1, and resumes once there is room.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Shell, shells } from "../../setup/shells.js";
import { integrityOf } from "../harness/database.js";
import { during, limitFor, pointsFor, tried } from "../harness/fault-counts.js";
import { parseStatus } from "../harness/index.js";
import { settledOf, Subject } from "./subject.js";

const disk = mkdtempSync(join(tmpdir(), "waymark-room-"));
const mounted =
  process.getuid?.() === 0 && spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).status === 0;
const why = mounted ? "" : " (skipped: no tmpfs can be mounted here)";

/** Every so manieth size in CI. */
const FEW = 9;
/** What a tmpfs gives out at a time. */
const PAGE = 4096;

afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Fills the disk but for so many pages. */
function leave(pages: number): void {
  const { bfree, bsize } = statfsSync(disk);
  writeFileSync(join(disk, "fill"), Buffer.alloc(Math.max(0, bfree * bsize - pages * PAGE)));
}

function makeRoom(): void {
  rmSync(join(disk, "fill"), { force: true });
}

async function expectRecovery(subject: Subject, flags: readonly string[]): Promise<void> {
  const { box } = subject;
  const { stdout } = await box.expectExit(0, ["status", "--json", ...flags]);
  const status = parseStatus(stdout);
  const settled = settledOf(status);
  box.clearTrace();
  await box.expectExit(0, [status.run ? "resume" : "run", ...flags]);
  subject.expectTree(subject.after);
  expect(box.trace().filter((id) => settled.includes(id)), "ran twice").toEqual([]);
}

describe.runIf(mounted)(`a disk with little room${why}`, () => {
  async function eachRoom(
    shell: Shell,
    prepare: (subject: Subject, flags: readonly string[]) => Promise<void>,
    verb: readonly string[],
    after: (subject: Subject, flags: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const subject = await Subject.create(shell);
    const { box } = subject;
    let refusals = 0;
    for (const pages of pointsFor(shell, FEW)) {
      const dir = join(disk, `${shell.key}-${pages}`);
      const flags = ["--checkpoint-dir", dir];
      mkdirSync(dir);
      await prepare(subject, flags);
      leave(pages - 1);
      const { exit, stderr } = await box.run([...verb, ...flags]);
      makeRoom();
      const ended = await during(`${(pages - 1) * 4} KB of room`, async () => {
        expect([0, 1, 5, 7], stderr).toContain(exit);
        if (exit === 0) subject.expectTree(verb[0] === "run" ? subject.after : subject.before);
        else expect(stderr.trim(), "says why").not.toBe("");
        expect(integrityOf(join(dir, "demo"))).toBe("ok");
        await after(subject, flags);
        await box.expectExit(0, ["rollback", "--full", ...flags]);
        subject.expectTree(subject.before);
        box.clearTrace();
        tried("disk-full", shell);
        return exit === 0;
      });
      rmSync(dir, { recursive: true });
      if (ended) break;
      refusals += 1;
    }
    expect(refusals, "calls that had no room").toBeGreaterThan(0);
  }

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    "a run stops, and a resume goes on, in %s",
    limitFor(100),
    (_, shell) => eachRoom(shell, async () => {}, ["run"], expectRecovery),
  );

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    "a rollback stops, and the next one goes on, in %s",
    limitFor(100),
    (_, shell) =>
      eachRoom(
        shell,
        async ({ box }, flags) => void (await box.expectExit(0, ["run", ...flags])),
        ["rollback", "--full"],
        async () => {},
      ),
  );
});
