// G3, G4, G6: `kill -9` at random instants, seeded: of the script, of its
// process group, or of all that it started.
import { expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { during, limitFor, randomFor, tried, tries } from "../harness/fault-counts.js";
import { inEachShell, type Running, type Sandbox } from "../harness/index.js";
import { Subject, subjectToml } from "./subject.js";

const KILLED = 137;
const VICTIMS = ["script", "group", "all"] as const;
/** How often one installation is killed in a row, at most. */
const IN_A_ROW = 3;

// Steps that take a while: half of the instants fall into them.
const TOML = subjectToml("sleep 0.01\n");

function kill(box: Sandbox, call: Running, victim: (typeof VICTIMS)[number]): void {
  try {
    if (victim === "script") call.signal("SIGKILL");
    else if (victim === "group") call.signalGroup("SIGKILL");
    else for (const pid of box.pids(/./)) killOne(pid);
  } catch {
    // It has ended by itself.
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

inEachShell("kill -9 at a random instant", (shell) => {
  const count = tries("KILLS", 3);

  it("of a run, then of its resume: it ends as if nothing was", limitFor(count), async () => {
    const random = randomFor("random-kills", shell);
    const subject = await Subject.create(shell, TOML);
    const { box } = subject;
    for (let kills = 0, turn = 0; kills < count; turn += 1) {
      const told: string[] = [];
      await during(`turn ${turn}`, async () => {
        for (let row = random.below(IN_A_ROW); row >= 0; row -= 1) {
          const { run } = await box.status();
          const victim = random.pick(VICTIMS);
          const delay = random.below(subject.tookMs * 1.2);
          told.push(`${victim} after ${delay} ms`);
          const call = box.start([run ? "resume" : "run"]);
          await sleep(delay);
          kill(box, call, victim);
          const { exit, stderr } = await call.result;
          expect([0, KILLED], `${told.join(", ")}: ${stderr}`).toContain(exit);
          if (exit !== KILLED) continue;
          tried("kill-random", shell);
          kills += 1;
        }
        if (random.below(2) === 0) await subject.expectWhole();
        await during(told.join(", "), () => subject.expectRecovery());
      });
    }
  });

  it("of a rollback: the next one ends as if nothing was", limitFor(count), async () => {
    const random = randomFor("random-kills-rollback", shell);
    const subject = await Subject.create(shell, TOML);
    const { box } = subject;
    await box.expectExit(0);
    subject.save("completed");
    // Its undo commands can be run twice, also side by side.
    for (let kills = 0, turn = 0; kills < Math.ceil(count / 2); turn += 1) {
      subject.restore("completed");
      const victim = random.pick(VICTIMS);
      const delay = random.below(subject.tookMs);
      const call = box.start(["rollback", "--full"]);
      await sleep(delay);
      kill(box, call, victim);
      const { exit } = await call.result;
      await during(`turn ${turn}, ${victim} after ${delay} ms`, async () => {
        expect([0, KILLED]).toContain(exit);
        await box.expectExit(0, ["rollback", "--full"]);
        subject.expectTree(subject.before);
        subject.expectTidy();
      });
      if (exit !== KILLED) continue;
      tried("kill-random-rollback", shell);
      kills += 1;
    }
  });
});
