// Power loss, simulated, in the SQLite store: its log cut back to any frame
// and to any byte. The database is whole, it holds a beginning of the run,
// and a resume ends in the right tree.
import { existsSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { expect, it } from "vitest";
import type { Shell } from "../../setup/shells.js";
import { askCopy, integrityOf } from "../harness/database.js";
import { during, limitFor, pointsFor, randomFor, tried, tries } from "../harness/fault-counts.js";
import { inEachShellWithSqlite, installerToml, pause, trace } from "../harness/index.js";
import { Subject } from "./subject.js";

// A step whose record was cut off runs again, so each can be run twice.
const TOML = installerToml({
  steps: [
    { id: "first", run: `${trace("first")}echo 1 >~/first\n`, checkpoint: { rollback: "rm -f ~/first" } },
    {
      id: "middle",
      run: `${trace("middle")}mkdir -p ~/made\necho 2 >~/config\n`,
      checkpoint: { atomic: true, rollback: "rm -rf ~/made", state_files: ["~/config"] },
    },
    {
      id: "last",
      run: `${trace("last")}echo 3 >~/last\n[ ! -e "$TEST_SANDBOX/hold" ] || {\n${pause("last")}}\n`,
      checkpoint: { state_files: ["~/last"] },
    },
  ],
});

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** Every so manieth frame in CI. */
const FEW = 6;

/** Kills all processes of a run in its last step, and keeps what is left. */
async function killedInLastStep(shell: Shell): Promise<Subject> {
  const subject = await Subject.create(shell, TOML);
  const { box } = subject;
  await box.startCommand(["touch", box.signalFile("hold")]).result;
  const run = box.start();
  await box.reached("last");
  // sqlite3 first: where its pipe ends it takes the log into the database.
  for (const pid of box.pids(/sqlite3/)) process.kill(pid, "SIGKILL");
  run.signalGroup("SIGKILL");
  await run.result;
  rmSync(box.signalFile("hold"));
  await subject.quiet();
  subject.save("killed");
  return subject;
}

/** Where each frame of a log ends: a log cut there is in order. */
function frameEnds(wal: Buffer): readonly number[] {
  const frame = FRAME_HEADER + wal.readUInt32BE(8);
  const count = Math.floor((wal.length - WAL_HEADER) / frame);
  return Array.from({ length: count }, (_, index) => WAL_HEADER + index * frame);
}

/** Whether the tables, which were synced before all else, were cut off too. */
function isEmptied(dir: string): boolean {
  return askCopy(dir, "PRAGMA user_version")[0] !== "1";
}

/** A resume ends in the right tree; a store without its tables is refused. */
async function expectRightEnd(subject: Subject): Promise<void> {
  if (isEmptied(subject.box.store().dir)) {
    const { stderr } = await subject.box.expectExit(5, ["resume"]);
    expect(stderr).toContain("damaged");
  } else {
    await subject.expectCompletion();
  }
}

/** What the cut database tells of the run is a beginning of it. */
function expectPrefix(dir: string): void {
  if (isEmptied(dir)) return;
  const words = askCopy(dir, "SELECT status FROM step_checkpoints ORDER BY ord").join(" ");
  expect(words).toMatch(/^$|^(completed )*((running|completed) ?)?(pending ?)*$/);
}

inEachShellWithSqlite("a write-ahead log that is cut", (shell) => {
  const log = "checkpoint.db-wal";

  async function cutAt(subject: Subject, bytes: number | "gone"): Promise<void> {
    subject.restore("killed");
    const { dir } = subject.box.store();
    const wal = subject.box.store().path(log);
    rmSync(subject.box.store().path("checkpoint.db-shm"), { force: true });
    if (bytes === "gone") rmSync(wal);
    else truncateSync(wal, bytes);
    await during(`cut at ${bytes}`, async () => {
      expect(integrityOf(dir)).toBe("ok");
      expectPrefix(dir);
      await expectRightEnd(subject);
    });
  }

  it("at each frame", limitFor(60), async () => {
    const subject = await killedInLastStep(shell);
    const ends = frameEnds(readFileSync(subject.box.store().path(log)));
    expect(ends.length).toBeGreaterThan(FEW);
    for (const point of pointsFor(shell, FEW)) {
      const bytes = ends[point - 1];
      if (bytes === undefined) break;
      await cutAt(subject, bytes);
      tried("wal-frame", shell);
    }
  });

  it("at random bytes", limitFor(tries("CUTS", 4)), async () => {
    const subject = await killedInLastStep(shell);
    const random = randomFor("wal-byte", shell);
    const { length } = readFileSync(subject.box.store().path(log));
    for (let turn = 0; turn < tries("CUTS", 4); turn += 1) {
      await cutAt(subject, random.below(length));
      tried("wal-byte", shell);
    }
  });

  it("away altogether", async () => {
    const subject = await killedInLastStep(shell);
    expect(existsSync(subject.box.store().path(log))).toBe(true);
    await cutAt(subject, "gone");
    tried("wal-byte", shell);
  });

  it("not at all: what was recorded as completed is not lost", async () => {
    const subject = await killedInLastStep(shell);
    rmSync(subject.box.store().path("checkpoint.db-shm"), { force: true });
    await subject.expectRecovery();
    tried("wal-frame", shell);
  });
});
