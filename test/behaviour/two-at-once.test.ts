// G6: two runs never mix, and a killed run leaves no lock behind.
import { expect, it } from "vitest";
import {
  diffTrees,
  expectExit,
  inEachShell,
  installerToml,
  pause,
  Sandbox,
  statuses,
  trace,
} from "./harness/index.js";

const TOML = installerToml({
  steps: [
    { id: "a", run: `${trace("a")}: >~/a\n`, checkpoint: { rollback: "rm ~/a" } },
    { id: "b", run: trace("b") + pause("b"), checkpoint: {} },
  ],
});

inEachShell("a second call at the same time", (shell) => {
  it.each(["run", "run --fresh", "resume", "rollback --full"])(
    "exits 4 without an effect: %s",
    async (call) => {
      const box = Sandbox.create(shell, TOML);
      const run = box.start();
      await box.reached("b");
      const before = box.tree();
      const { stderr } = await box.expectExit(4, call.split(" "));
      expect(stderr.trim()).not.toBe("");
      expect(box.trace()).toEqual(["a", "b"]);
      expect(diffTrees(before, box.tree())).toEqual([]);
      box.go();
      expectExit(await run.result, 0);
      expect(statuses(await box.status())).toEqual({ a: "completed", b: "completed" });
    },
  );

  it("exits 4 at a signal's traps too: they undo nothing", async () => {
    const box = Sandbox.create(shell, TOML);
    const run = box.start();
    await box.reached("b");
    const second = box.start();
    second.signal("SIGTERM");
    expect([4, 143]).toContain((await second.result).exit);
    box.go();
    expectExit(await run.result, 0);
    expect(box.exists("a")).toBe(true);
  });

  it("may ask for the status, the plan and the list", async () => {
    const box = Sandbox.create(shell, TOML);
    const run = box.start();
    await box.reached("b");
    const status = await box.status();
    expect(status.run?.status).toBe("running");
    expect(statuses(status)).toEqual({ a: "completed", b: "running" });
    await box.expectExit(0, ["plan"]);
    await box.expectExit(0, ["resume", "--list"]);
    await box.expectExit(0, ["logs", "a"]);
    box.go();
    expectExit(await run.result, 0);
  });

  it("goes on at once after the first was killed", async () => {
    const box = Sandbox.create(shell, TOML);
    const run = box.start();
    await box.reached("b");
    run.signalGroup("SIGKILL");
    await run.result;
    box.go();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["a", "b", "b"]);
  });
});
