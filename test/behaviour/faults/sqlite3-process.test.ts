// The sqlite3 of a call dies or is slow. It is started once more in a call;
// where it dies again the call says so with 5, and a resume goes on.
import { expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { findTool } from "../../setup/tools.js";
import { during, limitFor, pointsFor, randomFor, tried, tries } from "../harness/fault-counts.js";
import { inEachShellWithSqlite, type Sandbox } from "../harness/index.js";
import { Subject, subjectToml } from "./subject.js";

/** Shell text by which a step kills its own call's sqlite3, where told to. */
const KILL = `if [ -e "$TEST_SANDBOX/kill-$WAYMARK_STEP" ]; then
  rm "$TEST_SANDBOX/kill-$WAYMARK_STEP"
  for file in $(grep -ls "$WAYMARK_DIR/checkpoint.db" /proc/[0-9]*/cmdline); do
    pid=\${file#/proc/}
    kill -s KILL "\${pid%/cmdline}" 2>/dev/null || :
  done
fi
`;
const IDS = ["first", "middle", "last"] as const;
/** Every so manieth kill point in CI. */
const FEW = 40;

/** Tells each of these steps to kill sqlite3 once. */
async function arm(box: Sandbox, ids: readonly string[]): Promise<void> {
  await box.startCommand(["touch", ...ids.map((id) => box.signalFile(`kill-${id}`))]).result;
}

inEachShellWithSqlite("a sqlite3 that is killed", (shell) => {
  it("in one step: it is started again, and nothing is lost", async () => {
    const subject = await Subject.create(shell, subjectToml(KILL));
    for (const id of IDS) {
      await arm(subject.box, [id]);
      await during(`in ${id}`, async () => {
        await subject.box.expectExit(0);
        expect(subject.box.trace()).toEqual(IDS);
        expect(subject.box.exists("..", `kill-${id}`), "it was killed").toBe(false);
        subject.expectTree(subject.after);
        await subject.expectRemoval();
      });
      tried("sqlite3-killed", shell);
    }
  });

  it("in each step: 5 says so, and each resume gets further", async () => {
    const subject = await Subject.create(shell, subjectToml(KILL));
    await arm(subject.box, IDS);
    const { stderr } = await subject.box.expectExit(5);
    expect(stderr).toContain("checkpoint.db");
    tried("sqlite3-killed", shell);
    await subject.expectWhole();
    await subject.expectRecovery();
  });

  it("at a random instant: never a false success", limitFor(tries("KILLS", 2)), async () => {
    const random = randomFor("sqlite3-killed", shell);
    const subject = await Subject.create(shell, subjectToml("sleep 0.01\n"));
    const { box } = subject;
    for (let kills = 0, turn = 0; kills < tries("KILLS", 2); turn += 1) {
      const delay = random.below(subject.tookMs);
      const call = box.start();
      await sleep(delay);
      const victims = box.pids(/^\S*sqlite3 -batch/);
      for (const pid of victims) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has ended by itself.
        }
      }
      const { exit, stdout, stderr } = await call.result;
      await during(`turn ${turn}, after ${delay} ms`, async () => {
        expect([0, 5], `exit code\n${stdout}${stderr}`).toContain(exit);
        if (exit === 0) subject.expectTree(subject.after);
        await subject.expectWhole();
        await subject.expectRecovery();
      });
      if (victims.length === 0) continue;
      tried("sqlite3-killed", shell);
      kills += 1;
    }
  });
});

inEachShellWithSqlite("a sqlite3 that answers slowly", (shell) => {
  const slow = `#!/bin/sh
${findTool("sqlite3")} "$@" | while IFS= read -r line; do
  sleep 0.01
  printf '%s\\n' "$line"
done
`;

  it("is waited for, in a run, a resume and a rollback", async () => {
    const subject = await Subject.create(shell);
    subject.box.program("sqlite3", slow);
    subject.break("last");
    await subject.box.expectExit(1);
    subject.mend();
    await subject.expectRecovery();
    tried("sqlite3-slow", shell);
  });

  it("and whose call is killed at a write", limitFor(60), async () => {
    const subject = await Subject.create(shell);
    subject.box.program("sqlite3", slow);
    for (const point of pointsFor(shell, FEW)) {
      const { exit } = await subject.killedAt(point);
      if (exit !== 137) break;
      await during(`killed at point ${point}`, () => subject.expectRecovery());
      tried("sqlite3-slow", shell);
    }
  });
});
