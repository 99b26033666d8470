// The journal: what keeps checkpoints on a host with no sqlite3.
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import {
  diffTrees,
  inEachShellWithJournal,
  installerToml,
  needs,
  pause,
  recordTree,
  Sandbox,
  statuses,
  SYSTEM_PATH,
  trace,
  waitUntil,
} from "./harness/index.js";

const TOML = installerToml({
  steps: [
    {
      id: "first",
      run: `${trace("first")}echo 1 >~/first\n`,
      checkpoint: { rollback: "rm ~/first\n# it's\ta \\ tab\n", state_files: ["~/config"] },
    },
    { id: "plain", run: `${trace("plain")}echo x >>~/config\n` },
    {
      id: "last",
      run: `${trace("last")}${needs("ready")}ln -sf "a\tb" ~/link\n`,
      checkpoint: { state_files: ["~/link", "~/config"] },
    },
  ],
});

/** The environment of the same host once it has sqlite3. */
function withSqlite(box: Sandbox): { env: { PATH: string } } {
  return { env: { PATH: `${join(box.root, "bin")}:${SYSTEM_PATH}` } };
}

/** A sandbox whose run has failed at its last step. */
async function failed(shell: Shell): Promise<Sandbox> {
  const box = Sandbox.create(shell, TOML);
  box.write("config", "mine\n");
  await box.expectExit(1);
  return box;
}

inEachShellWithJournal("the journal", (shell) => {
  it("is said once, and leaves one file and its lock", async () => {
    const box = await failed(shell);
    box.write("ready", "");
    const { stdout } = await box.expectExit(0, ["resume"]);
    expect(stdout).not.toMatch(/no sqlite3/);
    const fresh = await box.expectExit(0, ["run", "--fresh"]);
    expect(fresh.stdout).not.toMatch(/no sqlite3/);
    const other = Sandbox.create(shell, TOML);
    expect((await other.expectExit(1)).stdout).toMatch(/no sqlite3.*journal/);
    const files = box.store().list().filter((name) => /journal|lock|checkpoint/.test(name));
    expect(files).toEqual(["journal", expect.stringMatching(/^lock\.\d+$/)]);
  });

  it("is imported, once, by the next run that finds sqlite3", async () => {
    const box = await failed(shell);
    const before = await box.status();
    const host = withSqlite(box);
    expect(await box.status(host), "read as it is").toEqual(before);
    expect(box.store().exists("checkpoint.db")).toBe(false);
    box.write("ready", "");
    const { stdout } = await box.expectExit(0, ["resume"], host);
    expect(stdout).toMatch(/journal was imported/);
    expect(box.trace()).toEqual(["first", "plain", "last", "plain", "last"]);
    expect(box.store().exists("journal")).toBe(false);
    expect(box.store().exists("journal.imported")).toBe(true);
    expect((await box.status(host)).run?.id).toBe(before.run?.id);
    const again = await box.expectExit(0, ["run"], host);
    expect(again.stdout).not.toMatch(/imported/);
    await box.expectExit(0, ["rollback", "--full"], host);
    expect(box.read("config")).toBe("mine\n");
    expect([box.exists("first"), box.exists("link")]).toEqual([false, false]);
  });

  it("is imported into a folder with an odd name", async () => {
    const box = Sandbox.create(shell, TOML);
    const flags = ["--checkpoint-dir", join(box.root, "it's a \"new\\\n$folder"), "--quiet"];
    await box.expectExit(1, ["run", ...flags]);
    box.write("ready", "");
    await box.expectExit(0, ["resume", ...flags], withSqlite(box));
    expect(box.trace()).toEqual(["first", "plain", "last", "plain", "last"]);
  });

  it("is imported once, though the import is killed at any point", async () => {
    const box = await failed(shell);
    const journal = box.store().read("journal");
    box.write("ready", "");
    const host = withSqlite(box);
    for (let point = 1; ; point++) {
      const env = { ...host.env, WAYMARK_KILL_AT: String(point) };
      const { exit } = await box.run(["resume"], { env });
      if (exit === 0) break;
      expect(exit).toBe(137);
    }
    expect(box.store().read("journal.imported")).toBe(journal);
    expect(box.store().sql("SELECT count(*) FROM installer_runs")).toEqual(["1"]);
    expect(box.store().sql("PRAGMA integrity_check")).toEqual(["ok"]);
    await box.expectExit(0, ["rollback", "--full"], host);
    expect(box.read("config")).toBe("mine\n");
  });

  it("that is torn at any byte of its last record loses that record alone", async () => {
    const box = await failed(shell);
    const file = box.store().path("journal");
    const whole = readFileSync(file);
    const end = whole.lastIndexOf("\n@\t");
    expect(end).toBeGreaterThan(0);
    for (let at = end; at < whole.length; at += 7) {
      writeFileSync(file, whole.subarray(0, at));
      const status = await box.status();
      expect(statuses(status), `cut at ${at}`).toMatchObject({ first: "completed", plain: "completed" });
    }
    truncateSync(file, whole.length - 3);
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect((await box.status()).run?.status).toBe("completed");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("config")).toBe("mine\n");
  });

  it.each([
    ["changed in the middle", (text: string) => text.replace("completed", "pending").replace("complete\t", "fail\t")],
    ["without a record", (text: string) => text.split("\n@").toSpliced(-2, 1).join("\n@")],
    ["of another program", () => "something else\n"],
    ["emptied", () => ""],
    ["of a newer waymark", (text: string) => text.replace("waymark journal 1", "waymark journal 2")],
  ])("%s is refused with 5, and kept", async (what, damage) => {
    const box = await failed(shell);
    const file = box.store().path("journal");
    const damaged = damage(readFileSync(file, "utf8"));
    writeFileSync(file, damaged);
    box.clearTrace();
    const before = recordTree(box.store().dir);
    for (const verb of ["run", "resume", "rollback", "status"]) {
      const { stderr } = await box.expectExit(5, [verb]);
      expect(stderr).toMatch(/newer/.test(what) ? /newer/ : /damaged/);
      expect(stderr).toContain(file);
    }
    const without = (name: string): boolean => !name.startsWith("lock");
    const changed = diffTrees(before, recordTree(box.store().dir)).filter((line) => without(line.slice(2)));
    expect(changed.filter((line) => !line.startsWith("~ .:"))).toEqual([]);
    expect(box.trace()).toEqual([]);
  });

  it("has awk killed in mid-run: it is opened again", async () => {
    const steps = [{ id: "slow", run: pause("slow"), checkpoint: {} }, { id: "next", run: ":\n" }];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const run = box.start();
    await box.reached("slow");
    const pids = box.pids(/awk/);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    box.go();
    expect((await run.result).exit).toBe(0);
    expect((await box.status()).run?.status).toBe("completed");
  });

  it("takes nothing of a killed call's awk that comes late", async () => {
    const steps = [
      { id: "first", run: trace("first"), checkpoint: {} },
      { id: "held", run: `${trace("held")}${pause("held")}`, checkpoint: {} },
    ];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const killed = box.start();
    await box.reached("held");
    const awks = box.pids(/awk/);
    expect(awks.length).toBeGreaterThan(0);
    for (const pid of awks) process.kill(pid, "SIGSTOP");
    box.go();
    await waitUntil("the step has ended", () => box.pids(/install\.sh/).length === 1);
    // In this time the script hands over that it completed, and waits.
    await sleep(200);
    killed.signalGroup("SIGKILL");
    await killed.result;
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["first", "held", "held"]);
    const after = await box.status();
    for (const pid of awks) process.kill(pid, "SIGCONT");
    await waitUntil("it has ended", () => box.processes().length === 0);
    expect(await box.status()).toEqual(after);
    await box.expectExit(0, ["doctor"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.store().list().filter((name) => name.startsWith(".journal"))).toEqual([]);
  });

  it("is not locked by a pid that another process has now", async () => {
    const box = await failed(shell);
    const [lock = ""] = box.store().list().filter((name) => name.startsWith("lock."));
    const file = box.store().path(lock);
    const [space, , ...rest] = readFileSync(file, "utf8").split(" ");
    writeFileSync(file, [space, process.pid, ...rest].join(" "));
    appendFileSync(box.store().path("lock.999"), "");
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
  });
});
