// G1, G3, G4, G7: a call that is killed before or after any of its writes.
// The Nth of those is chosen by WAYMARK_KILL_AT=N; the loops go on until a
// call comes to its end without being killed.
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { during, limitFor, pointsFor, tried } from "../harness/fault-counts.js";
import { inEachShell, type Result } from "../harness/index.js";
import { Subject } from "./subject.js";

const KILLED = 137;
/** Every so manieth point in CI; the shells together cover most. */
const FEW = 20;

/** Far more than a call has: only a loop that never ends gets there. */
const MOST = 500;

inEachShell("kill -9 at each write", (shell) => {
  /** Calls `kill(N)` for each point N, and `after` each that was killed. */
  async function eachPoint(
    id: string,
    kill: (point: number) => Promise<Result>,
    after: (point: number) => Promise<void>,
  ): Promise<Result> {
    let kills = 0;
    for (const point of pointsFor(shell, FEW)) {
      const result = await kill(point);
      if (result.exit !== KILLED) {
        expect(kills, "calls that were killed").toBeGreaterThan(0);
        return result;
      }
      if (point > MOST) break;
      await during(`${id}, killed at point ${point}`, () => after(point));
      tried(id, shell);
      kills += 1;
    }
    throw new Error(`${id}: still killed at point ${MOST}`);
  }

  it("of a run", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    const { exit } = await eachPoint(
      "kill-run",
      (point) => subject.killedAt(point),
      async () => {
        await subject.expectWhole();
        await subject.expectRecovery();
      },
    );
    expect(exit).toBe(0);
    subject.expectTree(subject.after);
  });

  it("of a resume", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    subject.break("last");
    await subject.box.expectExit(1);
    subject.mend();
    subject.save("failed");
    const { exit } = await eachPoint(
      "kill-resume",
      (point) => {
        subject.restore("failed");
        return subject.killedAt(point, ["resume"]);
      },
      async () => {
        await subject.expectWhole();
        await subject.expectRecovery();
      },
    );
    expect(exit).toBe(0);
    subject.expectTree(subject.after);
  });

  it("of an atomic step's undo", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    subject.break("last");
    await subject.box.expectExit(1);
    subject.save("failed");
    subject.restore("failed");
    const { exit } = await eachPoint(
      "kill-undo",
      async (point) => {
        subject.restore("failed");
        subject.mend();
        subject.break("middle");
        return subject.killedAt(point, ["run", "--fresh"]);
      },
      async () => {
        subject.mend();
        await subject.expectWhole();
        await subject.box.expectExit(0, ["rollback", "--full"]);
        subject.expectTree(subject.before);
        subject.expectTidy();
      },
    );
    expect(exit).toBe(6);
  });

  it("of a rollback", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    await subject.box.expectExit(0);
    subject.save("completed");
    const { exit } = await eachPoint(
      "kill-rollback",
      (point) => {
        subject.restore("completed");
        return subject.killedAt(point, ["rollback", "--full"]);
      },
      async () => {
        await subject.expectWhole();
        await subject.expectRemoval();
      },
    );
    expect(exit).toBe(0);
    subject.expectTree(subject.before);
  });

  it("of a rollback, and then it is installed again", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    await subject.box.expectExit(0);
    subject.save("completed");
    await eachPoint(
      "kill-rollback",
      (point) => {
        subject.restore("completed");
        return subject.killedAt(point, ["rollback", "--full"]);
      },
      async () => {
        await subject.quiet();
        await subject.box.expectExit(0, ["run"]);
        subject.expectTree(subject.after);
        await subject.expectRemoval();
      },
    );
  });

  it("leaves nothing in TMPDIR once another call has ended", async () => {
    const subject = await Subject.create(shell);
    await subject.killedAt(1);
    expect(readdirSync(subject.box.tmp)).toHaveLength(1);
    await subject.box.expectExit(0);
    expect(readdirSync(subject.box.tmp)).toEqual([]);
  });
});
