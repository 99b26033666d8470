// The checkpoint directory is what nobody wishes: each verb refuses it with 5
// and changes nothing, or works in it as in any other.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findTool } from "../../setup/tools.js";
import { shareOf, tried } from "../harness/fault-counts.js";
import { diffTrees, inEachShell, recordTree, Sandbox, waitUntil } from "../harness/index.js";
import { Subject, subjectToml } from "./subject.js";

const STORE = [".local/share/waymark"];
const canBeOther = process.getuid?.() === 0 && findTool("setpriv") !== undefined;
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
const VERBS = [["run"], ["run", "--fresh"], ["resume"], ["rollback", "--full"]] as const;

/** One of so many cases in CI, each shell another. */
const FEW = 5;

type Spoil = (box: Sandbox) => void;

const REFUSED: readonly (readonly [string, Spoil])[] = [
  ["writable by the world", (box) => chmodSync(box.store().dir, 0o777)],
  ["writable by its group", (box) => chmodSync(box.store().dir, 0o770)],
  [
    "a symlink to where it was",
    (box) => {
      const { dir } = box.store();
      renameSync(dir, join(box.root, "moved"));
      symlinkSync(join(box.root, "moved"), dir);
    },
  ],
];

inEachShell("a checkpoint directory with an installation in it that is now", (shell) => {
  async function expectRefused(box: Sandbox, options: Parameters<Sandbox["run"]>[1] = {}): Promise<void> {
    const before = box.wholeTree();
    for (const verb of VERBS) {
      const { stderr } = await box.expectExit(5, verb, options);
      expect(stderr).toContain(box.store().dir);
      expect(diffTrees(before, box.wholeTree())).toEqual([]);
    }
    tried("directory", shell);
  }

  it.each(shareOf(shell, FEW, REFUSED))("%s is refused by each verb, until it is mended", async (name, spoil) => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    await box.expectExit(0);
    spoil(box);
    await expectRefused(box);
    if (name.includes("symlink")) return;
    chmodSync(box.store().dir, 0o700);
    await subject.expectRemoval();
  });

  it.runIf(canBeOther)("somebody else's is refused by each verb", async () => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    await box.expectExit(0);
    chownSync(box.store().dir, 12345, 12345);
    await expectRefused(box);
    chownSync(box.store().dir, 0, 0);
    await subject.expectRemoval();
  });

  it.runIf(canBeOther)("read-only is refused by what writes, and can be read", async () => {
    const box = Sandbox.create(shell, subjectToml());
    box.write("config", "mine\n");
    execFileSync("chown", ["-R", "65534:65534", box.home, box.tmp, box.stand]);
    chmodSync(box.root, 0o777);
    const before = box.tree();
    await box.expectExit(0, [], { under: NOBODY });
    chmodSync(box.store().dir, 0o500);
    await expectRefused(box, { under: NOBODY });
    expect((await box.status({ under: NOBODY })).run).toMatchObject({ status: "completed" });
    chmodSync(box.store().dir, 0o700);
    await box.expectExit(0, ["rollback", "--full"], { under: NOBODY });
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("gone: a run begins anew, and nothing else does anything", async () => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    await box.expectExit(0);
    rmSync(box.store().dir, { recursive: true });
    const before = box.wholeTree();
    await box.expectExit(2, ["resume"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect((await box.status()).run).toBeNull();
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
    tried("directory", shell);
  });
});

inEachShell("a checkpoint directory", (shell) => {
  /** A run that stops in mid-way, a resume and a rollback in a place. */
  async function expectWorks(subject: Subject, flags: readonly string[]): Promise<void> {
    const { box } = subject;
    subject.break("last");
    await box.expectExit(1, ["run", ...flags]);
    subject.mend();
    await box.expectExit(0, ["resume", ...flags]);
    subject.expectTree(subject.after);
    const { stdout } = await box.expectExit(0, ["status", "--json", ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ run: { status: "completed" } });
    await box.expectExit(0, ["rollback", "--full", ...flags]);
    subject.expectTree(subject.before);
    tried("directory", shell);
  }

  it.each(shareOf(shell, FEW, [
    ["whose folders are all missing", "none/of/these/is/there"],
    ["whose path is all blanks and quotes", " '\"$(false)` *\t"],
    ["whose name begins with a hyphen", "-rf"],
  ]))("%s", async (_, name) => {
    const subject = await Subject.create(shell);
    const absolute = join(subject.box.root, "made", name);
    await expectWorks(subject, name.startsWith("-") ? ["--checkpoint-dir", name] : [`--checkpoint-dir=${absolute}`]);
  });

  it("below a folder that is open to all, but sticky", async () => {
    const subject = await Subject.create(shell);
    const open = join(subject.box.root, "open");
    mkdirSync(open);
    chmodSync(open, 0o1777);
    await expectWorks(subject, ["--checkpoint-dir", open]);
  });

  it("below a symlink: what is above the installer's own folder is the person's", async () => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    mkdirSync(join(box.root, "disk"));
    symlinkSync(join(box.root, "disk"), join(box.root, "link"));
    await expectWorks(subject, ["--checkpoint-dir", join(box.root, "link")]);
  });

  it("below a home whose path has a newline", async () => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    const home = join(box.root, "ho\nme");
    execFileSync("cp", ["-a", box.home, home]);
    const env = { HOME: home };
    const before = recordTree(home, STORE);
    await box.expectExit(0, [], { env });
    expect(diffTrees(subject.after, recordTree(home, STORE))).toEqual([]);
    await box.expectExit(0, ["rollback", "--full"], { env });
    expect(diffTrees(before, recordTree(home, STORE))).toEqual([]);
    tried("directory", shell);
  });

  it("whose path has a newline ends no stranger when a step fails", async () => {
    const subject = await Subject.create(shell);
    const { box } = subject;
    const fragment = `victim-of-${box.root.slice(-6)}`;
    const victim = box.startCommand(["sh", "-c", `exec sleep 97591 >"$TMPDIR/${fragment}"`]);
    await waitUntil("it runs", () => box.pids(/^sleep 97591/).length === 1);
    subject.break("last");
    await box.expectExit(1, ["--checkpoint-dir", join(box.root, `one\n${fragment}\nthree`)]);
    expect(box.pids(/^sleep 97591/)).toEqual([victim.pid]);
  });

  // A user that the system knows has a home there; this number has none.
  it.runIf(canBeOther).each(shareOf(shell, 3, [undefined, "", "relative/home"]))(
    "with HOME %j, of a user that has none: 3, and nothing changed",
    async (home) => {
      const box = Sandbox.create(shell, subjectToml());
      for (const open of [box.root, box.tmp, box.stand]) chmodSync(open, 0o777);
      const under = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--"];
      const before = box.wholeTree();
      for (const verb of [...VERBS, ["status"]]) {
        const { stderr } = await box.expectExit(3, verb, { under, env: { HOME: home } });
        expect(stderr).toContain("HOME");
      }
      expect(diffTrees(before, box.wholeTree())).toEqual([]);
      tried("directory", shell);
    },
  );
});
