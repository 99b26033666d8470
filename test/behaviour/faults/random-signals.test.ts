// INT, TERM, HUP and QUIT at random instants, seeded: the step is ended with
// its descendants, the store says what happened, the exit code is 128+N, and
// a resume ends as if nothing was.
import { expect, it } from "vitest";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { during, limitFor, randomFor, tried, tries } from "../harness/fault-counts.js";
import { diffTrees, inEachShell, waitUntil } from "../harness/index.js";
import { Subject, subjectToml } from "./subject.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

// A step has a child and a grandchild that would outlast any test; a step
// that is left in peace ends them itself.
const TOML = subjectToml(`rm -f "$TEST_SANDBOX/pid"
sleep 97561 &
child=$!
sh -c 'sleep 97562 & echo $! >"$TEST_SANDBOX/pid"; wait' &
while [ ! -s "$TEST_SANDBOX/pid" ]; do sleep 0.01; done
kill $child "$(cat "$TEST_SANDBOX/pid")"
wait
`);

inEachShell("a signal at a random instant", (shell) => {
  const count = tries("SIGNALS", 3);

  it("ends the run with 128+N, and the store says so", limitFor(count), async () => {
    const random = randomFor("random-signals", shell);
    const subject = await Subject.create(shell, TOML);
    const { box } = subject;
    for (let signals = 0, turn = 0; signals < count; turn += 1) {
      const name = random.pick(SIGNALS);
      const delay = random.below(subject.tookMs);
      const toGroup = random.below(2) === 0;
      const what = `turn ${turn}, ${name} ${toGroup ? "to the group" : ""} after ${delay} ms`;
      const code = 128 + constants.signals[name];
      const call = box.start();
      await sleep(delay);
      if (call.ended === undefined) {
        if (toGroup) call.signalGroup(name);
        else call.signal(name);
      }
      const { exit, stdout, stderr } = await call.result;
      await during(what, async () => {
        await waitUntil("nothing outlives it", () => box.processes().length === 0);
        const { run } = await box.status();
        if (run === null) {
          // It came before the lock was held: see early-signals.test.ts.
          expect(exit).not.toBe(0);
          subject.expectTree(subject.before);
        } else {
          expect([0, code], `exit code\n${stdout}${stderr}`).toContain(exit);
          const status = exit === 0 ? "completed" : "aborted";
          expect(run).toMatchObject({ status, exit_code: exit, interrupted: false });
        }
        await subject.expectRecovery();
      });
      if (exit !== code) continue;
      tried("signal-random", shell);
      signals += 1;
    }
  });

  it("ends a rollback with 128+N, and the next one goes on", limitFor(count), async () => {
    const random = randomFor("random-signals-rollback", shell);
    const subject = await Subject.create(shell, TOML);
    const { box } = subject;
    await box.expectExit(0);
    subject.save("completed");
    for (let signals = 0, turn = 0; signals < Math.ceil(count / 2); turn += 1) {
      subject.restore("completed");
      const name = random.pick(SIGNALS);
      const delay = random.below(subject.tookMs);
      const code = 128 + constants.signals[name];
      const call = box.start(["rollback", "--full"]);
      await sleep(delay);
      if (call.ended === undefined) call.signal(name);
      const { exit, stdout, stderr } = await call.result;
      await during(`turn ${turn}, ${name} after ${delay} ms`, async () => {
        await waitUntil("nothing outlives it", () => box.processes().length === 0);
        const untouched = diffTrees(subject.after, box.tree()).length === 0;
        if (untouched) expect(exit).not.toBe(0);
        else expect([0, code], `exit code\n${stdout}${stderr}`).toContain(exit);
        await box.expectExit(0, ["rollback", "--full"]);
        subject.expectTree(subject.before);
        subject.expectTidy();
      });
      if (exit !== code) continue;
      tried("signal-random", shell);
      signals += 1;
    }
  });
});
