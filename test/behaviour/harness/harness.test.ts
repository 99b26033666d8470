// The harness itself, on plain shell scripts: a check that cannot fail, or a
// process that it loses, would make every other test worthless.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { processesWith, Running } from "./process.js";
import { startServer } from "./server.js";
import { installerToml } from "./toml.js";
import { diffTrees, recordTree } from "./tree.js";
import { waitForFile, waitUntil } from "./wait.js";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "waymark-harness-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function sh(script: string, options: { limitMs?: number; input?: string } = {}): Running {
  const env = { PATH: process.env.PATH ?? "", HARNESS: "1" };
  return new Running(["sh", "-c", script], { cwd: folder(), env, ...options });
}

it("reports output and exit codes as a shell does", async () => {
  const result = await sh("cat; echo err >&2; exit 7", { input: "in\n" }).result;
  expect(result).toEqual({ stdout: "in\n", stderr: "err\n", exit: 7 });
  expect((await sh("kill -s TERM $$").result).exit).toBe(143);
});

it("kills a script that takes too long, and what it started", async () => {
  const running = sh("sleep 87651 & sleep 87652", { limitMs: 300 });
  await expect(running.result).rejects.toThrow("still running after 300 ms");
  await waitUntil("the group is gone", () => {
    try {
      process.kill(-running.pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});

it("does not wait for who holds a dead script's output", async () => {
  const running = sh("sleep 87653 & exit 3");
  expect((await running.result).exit).toBe(3);
  running.endGroup();
});

it("finds processes by a marker in their environment", async () => {
  const marker = `HARNESS_MARK=${process.pid}-${Date.now()}`;
  const [name = "", value = ""] = marker.split("=");
  const env = { PATH: process.env.PATH ?? "", [name]: value };
  const running = new Running(["sh", "-c", "sleep 87654 & wait"], { cwd: "/", env });
  await waitUntil("both are seen", () => processesWith(marker).length === 2);
  running.signalGroup("SIGKILL");
  await running.result;
  await waitUntil("none is left", () => processesWith(marker).length === 0);
});

it("records trees, and tells every difference", () => {
  const root = folder();
  writeFileSync(join(root, "file"), "a");
  mkdirSync(join(root, "dir"));
  symlinkSync("file", join(root, "link"));
  const before = recordTree(root);
  expect(diffTrees(before, recordTree(root))).toEqual([]);
  writeFileSync(join(root, "file"), "b");
  chmodSync(join(root, "dir"), 0o700);
  rmSync(join(root, "link"));
  symlinkSync("elsewhere", join(root, "link"));
  writeFileSync(join(root, "dir", "new"), "");
  const told = diffTrees(before, recordTree(root));
  expect(told.map((line) => line.split(":")[0])).toEqual([
    "~ dir",
    "+ dir/new",
    "~ file",
    "~ link",
  ]);
  expect(diffTrees(before, recordTree(root, ["dir", "file", "link"]))).toEqual([
    expect.stringMatching(/^- dir/),
    expect.stringMatching(/^- file/),
    expect.stringMatching(/^- link/),
  ]);
});

it("serves, counts, holds and changes files", async () => {
  const server = await startServer();
  server.serve("a", "one");
  expect(await (await fetch(`${server.url}a`)).text()).toBe("one");
  expect((await fetch(`${server.url}b`)).status).toBe(404);
  server.hold();
  server.serve("a", "two");
  const held = fetch(`${server.url}a`);
  await waitUntil("it was asked", () => server.hits("a") === 2);
  server.release();
  expect(await (await held).text()).toBe("two");
});

it("waits for files, and not for ever", async () => {
  const file = join(folder(), "file");
  setTimeout(() => writeFileSync(file, ""), 20);
  await waitForFile(file);
  await expect(waitUntil("never", () => false, 10)).rejects.toThrow("never");
});

it("writes TOML", () => {
  const toml = installerToml({
    name: 'a"b',
    steps: [{ id: "x", verify: [{ cmd: "a\\b\n" }] }],
  });
  expect(toml).toContain('name = "a\\"b"\n');
  expect(toml).toContain('action = "verify"\n');
  expect(toml).toContain('commands = [{ cmd = "a\\\\b\\n" }]\n');
});
