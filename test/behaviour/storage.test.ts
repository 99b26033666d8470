// "How Checkpointing Works", "Checkpoint Storage" and "Custom Checkpoint
// Directory": what lies where, and what it says.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  diffTrees,
  expectExit,
  inEachShell,
  inEachShellWithSqlite,
  installerToml,
  needs,
  Sandbox,
  Store,
} from "./harness/index.js";

const TWO_STEPS = installerToml({
  name: "my-installer",
  steps: [
    {
      id: "step-1",
      run: "echo one >~/one\n",
      checkpoint: { rollback: 'rm -f ~/one; [ "$WAYMARK_STEP" = step-1 ]; cd "$WAYMARK_WORK"', state_files: ["~/one"] },
    },
    {
      id: "step-2",
      run: "mkdir ~/two\necho 2 >~/two/file\nln -s file ~/two/link\n",
      checkpoint: { rollback: "rm -rf ~/two", state_files: ["~/two", "~/none"] },
    },
  ],
});

inEachShellWithSqlite("the database", (shell) => {
  it("keeps the state in SQLite tables, whole and in one file", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    await box.expectExit(0);
    const store = box.store("my-installer");
    const tables = store.sql("SELECT name FROM sqlite_master WHERE type = 'table'");
    const wanted = [
      "artifact_verifications",
      "installer_runs",
      "state_files",
      "step_checkpoints",
    ];
    expect(tables).toEqual(expect.arrayContaining(wanted));
    expect(store.sql("PRAGMA integrity_check")).toEqual(["ok"]);
    expect(Number(store.sql("PRAGMA user_version")[0])).toBeGreaterThan(0);
    expect(store.sql("PRAGMA journal_mode")).toEqual(["delete"]);
    expect(store.list().filter((name) => name.startsWith("checkpoint.db"))).toEqual([
      "checkpoint.db",
    ]);
    expect(store.sql("SELECT count(*) FROM installer_runs")).toEqual(["1"]);
  });
});

inEachShell("storage", (shell) => {
  it("keeps the page's layout, for the person alone", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    await box.expectExit(0);
    const store = box.store("my-installer");
    expect(store.mode()).toBe("700");
    const layout = [store.file, "install.sh", "logs", "rollback", "state", "work"];
    expect(store.list()).toEqual(expect.arrayContaining(layout));
    expect(store.list("state")).toEqual(["step-1.json", "step-2.json"]);
    expect(store.list("rollback")).toEqual(["step-1.sh", "step-2.sh"]);
    expect(store.list("logs")).toEqual(["step-1.1.log", "step-2.1.log"]);
    expect(box.processes(), "nothing is left running").toEqual([]);
    expect(readdirSync(box.tmp), "nothing is left in TMPDIR").toEqual([]);
    expect(readdirSync(box.stand)).toEqual([]);
  });

  it("captures the system state as JSON, with checksums", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    await box.expectExit(0);
    const store = box.store("my-installer");
    const one = JSON.parse(store.read("state", "step-1.json"));
    expect(one).toMatchObject({ status: "completed" });
    expect(one.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(one.state_files).toHaveLength(1);
    expect(one.state_files[0]).toMatchObject({
      kind: "file",
      sha256: createHash("sha256").update("one\n").digest("hex"),
      size: 4,
    });
    expect(one.state_files[0].path).toMatch(/one$/);
    expect(String(one.state_files[0].mode)).toMatch(/^0?644$/);
    const two = JSON.parse(store.read("state", "step-2.json"));
    const kinds = two.state_files.map((file: { kind: string }) => file.kind);
    expect(kinds).toHaveLength(2);
    expect(kinds[0]).toMatch(/tree|dir/);
    expect(kinds[1]).toMatch(/absent|missing|none/);
  });

  it("keeps rollback scripts that stand alone", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    const before = box.tree();
    await box.expectExit(0);
    const store = box.store("my-installer");
    for (const name of ["step-2.sh", "step-1.sh"]) {
      const script = store.path("rollback", name);
      const byHand = [...box.shellCommand(), script];
      expectExit(await box.startCommand(byHand).result, 0, script);
    }
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("writes the files beside the database again where they are gone", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          { id: "a", run: ": >~/a\n", checkpoint: { rollback: "rm -f ~/a" } },
          { id: "b", run: needs("ready"), checkpoint: {} },
        ],
      }),
    );
    await box.expectExit(1);
    const store = box.store();
    const state = store.read("state", "a.json");
    const rollback = store.read("rollback", "a.sh");
    rmSync(store.path("state", "a.json"));
    writeFileSync(store.path("rollback", "a.sh"), "echo torn");
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(store.read("state", "a.json")).toBe(state);
    expect(store.read("rollback", "a.sh")).toBe(rollback);
  });

  it("keeps its own copy of the script, which serves every verb", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    const before = box.tree();
    await box.expectExit(0);
    const copy = box.store("my-installer").path("install.sh");
    rmSync(box.installSh);
    const call = (...args: string[]) =>
      box.startCommand([...box.shellCommand(), copy, ...args]).result;
    expectExit(await call("status"), 0);
    expectExit(await call("rollback", "--full"), 0);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("keeps everything in the folder that --checkpoint-dir names", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    const custom = join(box.root, "my checkpoints");
    for (const flags of [["--checkpoint-dir", custom], [`--checkpoint-dir=${custom}`]]) {
      await box.expectExit(0, ["run", ...flags]);
      const store = new Store(join(custom, "my-installer"));
      expect(store.mode()).toBe("700");
      expect(store.list("state")).toEqual(["step-1.json", "step-2.json"]);
      const { stdout } = await box.expectExit(0, ["status", "--json", ...flags]);
      expect(JSON.parse(stdout).dir).toBe(store.dir);
      await box.expectExit(0, ["rollback", "--full", ...flags]);
      expect(box.exists("one")).toBe(false);
    }
    expect(box.exists(".local", "share", "waymark")).toBe(false);
  });

  it("takes a relative --checkpoint-dir from where the person stands", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    await box.expectExit(0, ["--checkpoint-dir", "here"]);
    expect(existsSync(join(box.stand, "here", "my-installer", "install.sh"))).toBe(
      true,
    );
    await box.expectExit(0, ["rollback", "--full", "--checkpoint-dir", "here"]);
    expect(box.exists("one")).toBe(false);
  });

  it("keeps everything below XDG_DATA_HOME where that is set", async () => {
    const box = Sandbox.create(shell, TWO_STEPS);
    const env = { XDG_DATA_HOME: join(box.root, "data") };
    await box.expectExit(0, [], { env });
    const dir = join(box.root, "data", "waymark", "checkpoints", "my-installer");
    expect(readFileSync(join(dir, "state", "step-1.json"), "utf8")).toContain("one");
    expect(box.exists(".local", "share", "waymark")).toBe(false);
  });
});
