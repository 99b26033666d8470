// INT, TERM and HUP end the running step and are recorded as what they are.
import { constants } from "node:os";
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  pause,
  Sandbox,
  stepOf,
  type TestStep,
  trace,
  waitUntil,
} from "./harness/index.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const before: TestStep = { id: "before", run: trace("before"), checkpoint: {} };
const after: TestStep = { id: "after", run: trace("after"), checkpoint: {} };

/** A step with a child and a grandchild that outlast any test. */
const busy: TestStep = {
  id: "busy",
  run: `${trace("busy")}sh -c 'sleep 97531 & wait' &\nsleep 97532 &\n${pause("busy")}`,
  checkpoint: { rollback: ":" },
};

inEachShell("a signal during a step", (shell) => {
  it.each(SIGNALS)("%s: exits 128+N, ends the step, and a resume goes on", async (name) => {
    const toml = installerToml({ steps: [before, busy, after] });
    const box = Sandbox.create(shell, toml);
    const run = box.start();
    await box.reached("busy");
    await waitUntil("its sleeps run", () => box.pids(/sleep 9753/).length > 1);
    run.signal(name);
    const { exit, stdout, stderr } = await run.result;
    const code = 128 + constants.signals[name];
    expect(exit, stdout + stderr).toBe(code);
    expect(box.processes(), "nothing outlives the step").toEqual([]);
    expect(stdout + stderr).toMatch(/resume/);

    const status = await box.status();
    expect(status.run).toMatchObject({ status: "aborted", exit_code: code });
    expect(stepOf(status, "busy")).toMatchObject({ status: "failed", settled: false });
    expect(stepOf(status, "after").status).toBe("pending");

    box.go();
    box.clearTrace();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["busy", "after"]);
  });

  it("sent to the whole group, as a terminal does, is the same", async () => {
    const toml = installerToml({ steps: [before, busy, after] });
    const box = Sandbox.create(shell, toml);
    const run = box.start();
    await box.reached("busy");
    run.signalGroup("SIGINT");
    const { exit, stdout, stderr } = await run.result;
    expect(exit, stdout + stderr).toBe(130);
    await waitUntil("nothing outlives the step", () => box.processes().length === 0);
    const status = await box.status();
    expect(status.run).toMatchObject({ exit_code: 130 });
    expect(stepOf(status, "busy").status).toBe("failed");
    box.go();
    await box.expectExit(0, ["resume"]);
  });

  it("ends a step that ignores it", async () => {
    const deaf: TestStep = {
      id: "deaf",
      run: `trap '' INT TERM HUP\n${pause("deaf")}`,
    };
    const box = Sandbox.create(shell, installerToml({ steps: [deaf] }));
    const run = box.start();
    await box.reached("deaf");
    run.signal("SIGTERM");
    expect((await run.result).exit).toBe(143);
    expect(box.processes()).toEqual([]);
  });

  it("during a rollback leaves it to the next call", async () => {
    const step: TestStep = {
      id: "slow",
      run: ": >~/slow\n",
      checkpoint: { rollback: `rm -f ~/slow\n${pause("undo")}` },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [step] }));
    const tree = box.tree();
    await box.expectExit(0);
    const rollback = box.start(["rollback", "--full"]);
    await box.reached("undo");
    rollback.signal("SIGTERM");
    expect((await rollback.result).exit).toBe(143);
    expect(box.processes()).toEqual([]);
    box.go();
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(tree, box.tree())).toEqual([]);
  });
});

inEachShell("a step that fails", (shell) => {
  it.each([
    ["background child", "sleep 97533 &\n"],
    ["grandchild whose parent is gone", "sh -c 'sleep 97534 & :'\n"],
  ])("takes its %s with it", async (_, start) => {
    const step: TestStep = { id: "leaves", run: `${start}false\n` };
    const box = Sandbox.create(shell, installerToml({ steps: [step] }));
    await box.expectExit(1);
    expect(box.pids(/sleep 9753/)).toEqual([]);
  });
});
