// Bad input and stores that a script must not use: a clear error, the right
// exit code, and nothing changed.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";
import {
  diffTrees,
  expectExit,
  inEachShell,
  inEachShellWithSqlite,
  installerToml,
  linkPrograms,
  recordTree,
  Sandbox,
  SYSTEM_PATH,
  trace,
} from "./harness/index.js";

const isRoot = process.getuid?.() === 0;
const setpriv = findTool("setpriv");

const TOML = installerToml({
  steps: [
    { id: "only", run: `${trace("only")}: >~/made\n`, checkpoint: { rollback: "rm ~/made" } },
  ],
});

/** Runs it and asks that nothing but the exit code came of it. */
async function refused(
  box: Sandbox,
  exit: number,
  args: readonly string[],
  options: Parameters<Sandbox["run"]>[1] = {},
): Promise<string> {
  const before = box.wholeTree();
  const { stdout, stderr } = await box.expectExit(exit, args, options);
  expect(diffTrees(before, box.wholeTree())).toEqual([]);
  expect(stderr.trim(), "says why, on standard error").not.toBe("");
  expect(box.trace()).toEqual([]);
  return stdout + stderr;
}

inEachShell("bad usage exits 2 and changes nothing", (shell) => {
  it.each([
    ["an unknown verb", ["frobnicate"], "frobnicate"],
    ["an unknown flag", ["run", "--frobnicate"], "--frobnicate"],
    ["an unknown short flag", ["-z"], "-z"],
    ["a flag of another verb", ["status", "--full"], "--full"],
    ["a second verb", ["run", "status"], "status"],
    ["a flag without its value", ["run", "--checkpoint-dir"], "--checkpoint-dir"],
    ["an empty checkpoint directory", ["run", "--checkpoint-dir", ""], "--checkpoint-dir"],
    ["--from without a step", ["resume", "--from"], "--from"],
    ["an empty step", ["resume", "--from", ""], "--from"],
    ["an unknown step for --from", ["resume", "--from", "nope"], "nope"],
    ["an unknown step for --to", ["rollback", "--to", "nope"], "nope"],
    ["an unknown step for logs", ["logs", "nope"], "nope"],
    ["a step that is SQL", ["rollback", "--to", "x' OR '1'='1"], "OR"],
    ["two goals of a rollback", ["rollback", "--full", "--to", "only"], "--full"],
  ])("%s", async (_, args, named) => {
    const box = Sandbox.create(shell, TOML);
    expect(await refused(box, 2, args)).toContain(named);
  });
});

inEachShell("a host without the requirements", (shell) => {
  it("has no sqlite3 and no awk: exits 3 with how to install it", async () => {
    const box = Sandbox.create(shell, TOML);
    const told = await refused(box, 3, [], { env: pathWithout(box, "sqlite3", "awk") });
    expect(told).toMatch(/sqlite3/);
    expect(told).toMatch(/install/);
  });

  it("has no sqlite3, and checkpoints in SQLite: exits 3 and keeps them", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(0, [], { env: { PATH: `${join(box.root, "bin")}:${SYSTEM_PATH}` } });
    box.clearTrace();
    const env = pathWithout(box, "sqlite3");
    for (const verb of ["run", "resume", "rollback", "status"]) {
      const told = await refused(box, 3, [verb], { env });
      expect(told).toContain(box.store().path("checkpoint.db"));
    }
  });

  // A user that the system knows has a home there; this number has none.
  it.runIf(isRoot && setpriv)("has no HOME: says so, and takes --checkpoint-dir", async () => {
    const toml = installerToml({ steps: [{ id: "only", run: trace("only") }] });
    const box = Sandbox.create(shell, toml);
    const user = ["--reuid=54321", "--regid=54321", "--clear-groups", "--"];
    const options = { env: { HOME: undefined }, under: ["setpriv", ...user] };
    const dir = join(box.root, "cp");
    mkdirSync(dir);
    for (const open of [box.root, box.tmp, dir]) chmodSync(open, 0o777);
    expect(await refused(box, 3, [], options)).toContain("HOME");
    await box.expectExit(0, ["--checkpoint-dir", dir], options);
    expect(box.trace()).toEqual(["only"]);
  });
});

/** A PATH that has the host's programs, but for some. */
function pathWithout(box: Sandbox, ...missing: string[]): { PATH: string } {
  const folder = join(box.root, "tools");
  linkPrograms(folder, missing);
  return { PATH: `${join(box.root, "bin")}:${folder}` };
}

inEachShell("a checkpoint directory that is refused with exit 5", (shell) => {
  it("is a file", async () => {
    const box = Sandbox.create(shell, TOML);
    const file = join(box.root, "file");
    writeFileSync(file, "a file\n");
    expect(await refused(box, 5, ["--checkpoint-dir", file])).toContain(file);
  });

  it("is a file where the installer's own folder would be", async () => {
    const box = Sandbox.create(shell, TOML);
    mkdirSync(dirname(box.store().dir), { recursive: true });
    writeFileSync(box.store().dir, "a file\n");
    expect(await refused(box, 5, [])).toContain(box.store().dir);
  });

  it("is a symlink", async () => {
    const box = Sandbox.create(shell, TOML);
    const target = join(box.root, "target");
    mkdirSync(target, { mode: 0o700 });
    mkdirSync(dirname(box.store().dir), { recursive: true });
    symlinkSync(target, box.store().dir);
    expect(await refused(box, 5, [])).toContain(box.store().dir);
  });

  it.each([
    ["the world", 0o777],
    ["its group", 0o770],
  ])("is writable by %s", async (_, mode) => {
    const box = Sandbox.create(shell, TOML);
    mkdirSync(box.store().dir, { recursive: true });
    chmodSync(box.store().dir, mode);
    expect(await refused(box, 5, [])).toContain(box.store().dir);
  });

  it.runIf(isRoot)("is owned by someone else", async () => {
    const box = Sandbox.create(shell, TOML);
    mkdirSync(box.store().dir, { recursive: true, mode: 0o700 });
    chownSync(box.store().dir, 12345, 12345);
    expect(await refused(box, 5, [])).toContain(box.store().dir);
  });

  it.runIf(isRoot && setpriv)("cannot be written to", async () => {
    const box = Sandbox.create(shell, TOML);
    const folder = join(box.root, "readonly");
    mkdirSync(folder, { mode: 0o755 });
    asNobody(box);
    const told = await refused(box, 5, ["--checkpoint-dir", folder], { under: NOBODY });
    expect(told).toContain(folder);
  });

  it.runIf(isRoot && setpriv)("is another person's, with a run in it", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(0);
    rmSync(box.signalFile("trace"));
    chmodSync(box.store().dir, 0o755);
    asNobody(box);
    await refused(box, 5, ["run", "--fresh"], { under: NOBODY });
  });
});

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

/** Lets another user reach the sandbox, and own its home. */
function asNobody(box: Sandbox): void {
  chmodSync(box.root, 0o755);
  chownSync(box.home, 65534, 65534);
  chmodSync(box.tmp, 0o1777);
}

describe.runIf(isRoot && setpriv)("as a person who is not root", () => {
  inEachShell("everything works", (shell) => {
    it("runs, and rolls back", async () => {
      const toml = installerToml({
        steps: [
          {
            id: "only",
            run: "echo new >~/made\n",
            checkpoint: { state_files: ["~/made"] },
          },
        ],
      });
      const box = Sandbox.create(shell, toml);
      execFileSync("chown", ["-R", "65534:65534", box.home]);
      asNobody(box);
      const before = box.tree();
      await box.expectExit(0, [], { under: NOBODY });
      expect(box.tree().get("made")).toContain("65534:65534");
      await box.expectExit(0, ["rollback"], { under: NOBODY });
      expect(diffTrees(before, box.tree())).toEqual([]);
    });
  });
});

/** A sandbox with a finished run. */
async function finished(shell: Shell): Promise<Sandbox> {
  const box = Sandbox.create(shell, TOML);
  await box.expectExit(0);
  box.clearTrace();
  return box;
}

inEachShellWithSqlite("a database that is refused with exit 5", (shell) => {
  it.each([
    ["overwritten", (db: Buffer) => Buffer.alloc(db.length, "junk ")],
    ["cut short", (db: Buffer) => db.subarray(0, Math.floor(db.length / 3))],
    ["torn in the middle", (db: Buffer) => Buffer.from(db).fill(0xa5, 1000, 9000)],
  ])("is %s: it is kept, and named", async (_, damage) => {
    const box = await finished(shell);
    const db = box.store().path("checkpoint.db");
    const damaged = damage(readFileSync(db));
    writeFileSync(db, damaged);
    const { stderr, stdout } = await box.expectExit(5, ["run", "--fresh"]);
    expect(box.trace()).toEqual([]);
    expect(box.exists("made")).toBe(true);
    const named = (stdout + stderr).match(/\S*checkpoint\.db\S*/g) ?? [];
    const kept = named
      .map((path) => path.replace(/[,.;:'"`)]+$/, ""))
      .filter((path) => existsSync(path) && readFileSync(path).equals(damaged));
    expect(kept, stderr).not.toEqual([]);
  });

  it("has a newer schema", async () => {
    const box = await finished(shell);
    const { dir } = box.store();
    box.store().sql("PRAGMA user_version = 9999");
    const before = recordTree(dir);
    for (const verb of ["run", "resume", "rollback", "status"]) {
      const { stderr } = await box.expectExit(5, [verb]);
      expect(stderr).toMatch(/newer/);
    }
    expect(diffTrees(before, recordTree(dir))).toEqual([]);
    expect(box.exists("made")).toBe(true);
  });
});

inEachShell("a script whose bytes changed", (shell) => {
  it("exits 8 and runs nothing", async () => {
    const box = Sandbox.create(shell, TOML);
    const text = readFileSync(box.installSh, "utf8");
    const at = text.indexOf(">~/made");
    expect(at).toBeGreaterThan(0);
    writeFileSync(box.installSh, text.replace(">~/made", ">~/mode"));
    const told = await refused(box, 8, []);
    expect(told).toMatch(/sha256|hash|checksum|integrity|corrupt|changed/i);
    const before = box.tree();
    const input = readFileSync(box.installSh);
    const piped = await box.startCommand(box.shellCommand(), { input }).result;
    expectExit(piped, 8, "from a pipe");
    expect(diffTrees(before, box.tree())).toEqual([]);
  });
});
