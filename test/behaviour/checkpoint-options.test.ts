// "Enabling Checkpoints" and "Checkpoint Options": enabled, rollback and
// state_files, and what a step without a checkpoint is.
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  Sandbox,
  statuses,
  stepOf,
  trace,
} from "./harness/index.js";

inEachShell("checkpoint options", (shell) => {
  it("records a checkpoint for `enabled`, and for a table without it", async () => {
    const run = "echo data >~/$WAYMARK_STEP\n";
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          { id: "on", run, checkpoint: { enabled: true } },
          { id: "implied", run, checkpoint: {} },
          { id: "off", run, checkpoint: { enabled: false, rollback: "rm ~/off" } },
          { id: "none", run },
        ],
      }),
    );
    await box.expectExit(0);
    const status = await box.status();
    const kept = status.steps.filter((step) => step.checkpoint);
    expect(kept.map((step) => step.id)).toEqual(["on", "implied"]);
    expect(box.store().list("state")).toEqual(["implied.json", "on.json"]);
  });

  it("runs `rollback` to undo the step", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          {
            id: "make",
            run: "echo data >~/made\n",
            checkpoint: { rollback: 'rm ~/made\necho undone >>"$TEST_SANDBOX/trace"' },
          },
        ],
      }),
    );
    const before = box.tree();
    await box.expectExit(0);
    expect(box.read("made")).toBe("data\n");
    await box.expectExit(0, ["rollback"]);
    expect(box.trace()).toEqual(["undone"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("tracks `state_files` for changes", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          {
            id: "make",
            run: "echo a >~/a\necho b >~/b\necho c >~/c\n",
            checkpoint: { state_files: ["~/a", "~/b", "$HOME/c"] },
          },
        ],
      }),
    );
    await box.expectExit(0);
    const drift = async () =>
      stepOf(await box.status(), "make").state_files.map((file) => file.drift);
    expect(await drift()).toEqual(["same", "same", "same"]);
    box.write("b", "other\n");
    await box.expectExit(0, ["status"]);
    expect(await drift()).toEqual(["same", "changed", "same"]);
  });

  it("settles a step without a checkpoint by a later step's", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          { id: "a", run: trace("a") },
          { id: "b", run: trace("b"), checkpoint: {} },
          { id: "c", run: trace("c") },
          { id: "d", run: trace("d") + needs("ready") },
        ],
      }),
    );
    await box.expectExit(1);
    const failed = await box.status();
    expect(statuses(failed)).toMatchObject({ a: "completed", d: "failed" });
    const settled = failed.steps.filter((step) => step.settled);
    expect(settled.map((step) => step.id)).toEqual(["a", "b"]);
    box.clearTrace();
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["c", "d"]);
  });

  it("does not record a failed step as a checkpoint", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [{ id: "a", run: "false\n: >~/after\n", checkpoint: {} }],
      }),
    );
    const { stderr, stdout } = await box.expectExit(1);
    expect(box.exists("after"), "errexit is on").toBe(false);
    expect(stdout + stderr).toMatch(/resume/);
    expect(stdout + stderr).toContain(box.store().path("logs"));
    expect(box.store().exists("state", "a.json")).toBe(false);
    const step = stepOf(await box.status(), "a");
    expect(step).toMatchObject({ status: "failed", settled: false, exit_code: 1 });
  });
});
