// A checkpoint.db that is cut short anywhere, empty, overwritten or of a newer
// schema: each verb says so with 5, and every byte of it is kept.
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import type { Shell } from "../../setup/shells.js";
import { askCopy } from "../harness/database.js";
import { during, limitFor, randomFor, tried, tries } from "../harness/fault-counts.js";
import { diffTrees, inEachShellWithSqlite, recordTree } from "../harness/index.js";
import { Subject } from "./subject.js";

const LOCKING = [["run"], ["run", "--fresh"], ["resume"], ["rollback", "--full"]] as const;
const READING = [["status"], ["resume", "--list"]] as const;
/** Offsets where one part of the format ends and another begins. */
const EDGES = [16, 100, 512, 4095, 4096, 4097, 8192] as const;

async function installed(shell: Shell): Promise<Subject> {
  const subject = await Subject.create(shell);
  await subject.box.expectExit(0);
  subject.save("completed");
  return subject;
}

inEachShellWithSqlite("a checkpoint.db that is", (shell) => {
  /** Asks a call for exit 5, and that it changes nothing. */
  async function refused(subject: Subject, args: readonly string[]): Promise<void> {
    const { box } = subject;
    const { dir } = box.store();
    const db = readFileSync(box.store().path("checkpoint.db"));
    const before = recordTree(dir, ["lock.db"]);
    const { stderr } = await box.expectExit(5, args);
    expect(stderr).toContain("checkpoint.db");
    expect(readFileSync(box.store().path("checkpoint.db")).equals(db), "its bytes").toBe(true);
    expect(diffTrees(before, recordTree(dir, ["lock.db"]))).toEqual([]);
    subject.expectTree(subject.after);
    expect(box.processes()).toEqual([]);
    tried("database-damaged", shell);
  }

  it("cut short: at edges and at random offsets", limitFor(tries("CUTS", 3)), async () => {
    const subject = await installed(shell);
    const random = randomFor("cut-database", shell);
    const { dir } = subject.box.store();
    const size = readFileSync(subject.box.store().path("checkpoint.db")).length;
    const whole = askCopy(dir, ".dump");
    const offsets = Array.from({ length: tries("CUTS", 3) }, () => 2 + random.below(size - 3));
    for (const [turn, offset] of [...EDGES, ...offsets].entries()) {
      subject.restore("completed");
      truncateSync(subject.box.store().path("checkpoint.db"), offset);
      // The last page may end in nothing: what is cut off there is not missed.
      if (isDeepStrictEqual(askCopy(dir, ".dump"), whole)) continue;
      const verb = LOCKING[turn % LOCKING.length] ?? LOCKING[0];
      await during(`cut at ${offset}, ${verb.join(" ")}`, () => refused(subject, verb));
    }
  });

  it("overwritten somewhere: never taken for good by halves", limitFor(tries("CUTS", 3)), async () => {
    const subject = await installed(shell);
    const random = randomFor("overwrite-database", shell);
    for (let turn = 0; turn < tries("CUTS", 3); turn += 1) {
      subject.restore("completed");
      const file = subject.box.store().path("checkpoint.db");
      const bytes = readFileSync(file);
      // A page of noise: the format has no checksums, so a bit may go unseen.
      const page = random.below(bytes.length / 4096) * 4096;
      for (let at = page; at < page + 4096; at += 1) bytes[at] = random.below(256);
      writeFileSync(file, bytes);
      await during(`noise at ${page}`, () => refused(subject, ["rollback", "--full"]));
    }
  });

  it("damaged: status and the list say so too", async () => {
    const subject = await installed(shell);
    truncateSync(subject.box.store().path("checkpoint.db"), 5000);
    for (const verb of READING) await refused(subject, verb);
  });

  it.each([0, 1])("empty (%i bytes) beside an installation", async (size) => {
    const subject = await installed(shell);
    truncateSync(subject.box.store().path("checkpoint.db"), size);
    await refused(subject, ["rollback", "--full"]);
  });

  it("of a newer schema", async () => {
    const subject = await installed(shell);
    subject.box.store().sql("PRAGMA user_version = 2");
    for (const verb of [...LOCKING, ...READING]) await refused(subject, verb);
  });
});
