// G6: many starts at once, and pids that are not what they were.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findTool } from "../../setup/tools.js";
import { limitFor, tried, tries } from "../harness/fault-counts.js";
import {
  diffTrees,
  expectExit,
  inEachShell,
  installerToml,
  pause,
  Sandbox,
  statuses,
  trace,
  waitUntil,
} from "../harness/index.js";

const TOML = installerToml({
  steps: [
    { id: "a", run: `${trace("a")}: >~/a\n`, checkpoint: { rollback: "rm ~/a" } },
    { id: "b", run: trace("b") + pause("b"), checkpoint: {} },
  ],
});

const isRoot = process.getuid?.() === 0;
/** A call of its own pid namespace, as in a container, is pid 1 there. */
const APART = ["unshare", "--pid", "--fork", "--mount-proc", "--"];
const canUnshare =
  isRoot && findTool("unshare") !== undefined && spawnSync(APART[0] ?? "", [...APART.slice(1), "true"]).status === 0;

inEachShell("many starts at once", (shell) => {
  const count = tries("STARTS", 25);

  it.each([
    ["of a first run", false],
    ["of a resume", true],
  ])("%s: one runs, the others exit 4 and change nothing", limitFor(count), async (_, interrupted) => {
    const box = Sandbox.create(shell, TOML);
    if (interrupted) {
      const run = box.start();
      await box.reached("b");
      run.signalGroup("SIGKILL");
      await run.result;
      box.clearTrace();
    }
    const calls = Array.from({ length: count }, () => box.start(interrupted ? ["resume"] : []));
    await waitUntil("one is left", () => calls.filter((call) => call.ended === undefined).length <= 1);
    const before = box.tree();
    for (const call of calls) {
      if (call.ended) expectExit(call.ended, 4);
      tried("starts", shell);
    }
    expect(calls.filter((call) => call.ended)).toHaveLength(count - 1);
    expect(diffTrees(before, box.tree())).toEqual([]);
    box.go();
    const exits = await Promise.all(calls.map(async (call) => (await call.result).exit));
    expect(exits.filter((exit) => exit === 0)).toHaveLength(1);
    expect(box.trace()).toEqual(interrupted ? ["b"] : ["a", "b"]);
    expect(statuses(await box.status())).toEqual({ a: "completed", b: "completed" });
    expect(box.store().list().filter((name) => name.startsWith("."))).toEqual([]);
    expect(box.processes()).toEqual([]);
  });
});

inEachShell("a pid that another process has now", (shell) => {
  it("does not fool the lock, and its leftover goes when it has ended", async () => {
    const box = Sandbox.create(shell, TOML);
    const run = box.start();
    await box.reached("b");
    run.signalGroup("SIGKILL");
    await run.result;
    box.go();
    const other = box.startCommand(["sleep", "97581"]);
    const leftover = `.tmp.${other.pid}`;
    for (const name of [leftover, ".tmp.1"]) mkdirSync(join(box.store().dir, name), { recursive: true });
    await box.expectExit(0, ["resume"]);
    expect(statuses(await box.status())).toEqual({ a: "completed", b: "completed" });
    other.signal("SIGKILL");
    await other.result;
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.store().list()).not.toContain(leftover);
    tried("pid-reused", shell);
  });

  it.runIf(canUnshare)(
    "in another container: the second call exits 4 without an effect",
    async () => {
      const box = Sandbox.create(shell, TOML);
      const first = box.start([], { under: APART });
      await box.reached("b");
      tried("pid-reused", shell);
      const second = await box.run([], { under: APART, env: { TMPDIR: box.stand } });
      box.go();
      const result = await first.result;
      expectExit(second, 4);
      expectExit(result, 0);
      expect(box.trace()).toEqual(["a", "b"]);
    },
  );
});
