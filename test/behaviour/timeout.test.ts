// A step's timeout ends all of it, says so, and leaves nothing behind.
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

/** Far past the timeout of a test; gone with the test. */
const LONG = "sleep 97541";

function timed(run: string, more: Partial<TestStep> = {}): string {
  const step: TestStep = { id: "slow", run, timing: { timeout: "1s" }, ...more };
  return installerToml({ steps: [step, { id: "after", run: trace("after") }] });
}

inEachShell("a timeout", (shell) => {
  it("ends the step with all that it started, and says after how long", async () => {
    const box = Sandbox.create(shell, timed(`sh -c '${LONG} & wait' &\necho begun\n${LONG}\n`));
    const { stdout, stderr } = await box.expectExit(1);
    expect(stderr).toContain("step slow timed out after 1s\n");
    expect(stderr).toContain("step slow failed (exit 124)\n");
    // What the step's own shell writes to its log is shown behind a bar.
    expect(stdout + stderr).not.toMatch(/^(?! {2}\|).*(?:Terminated|Killed)/m);
    expect(box.processes()).toEqual([]);
    expect(box.trace()).toEqual([]);
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "failed", exit_code: 1 });
    expect(stepOf(status, "slow")).toMatchObject({ status: "failed", exit_code: 124 });
    expect(box.store().read("logs", "slow.1.log")).toMatch(/^begun\n[^]*timed out after 1s\n$/);
  });

  it("is an event of its own", async () => {
    const box = Sandbox.create(shell, timed(`${LONG}\n`));
    const { stdout } = await box.expectExit(1, ["--json"]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual({ event: "step_timed_out", step: "slow", seconds: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({ event: "step_failed", step: "slow", exit_code: 124 }),
    );
  });

  it("undoes an atomic step", async () => {
    const checkpoint = { atomic: true, rollback: trace("undo"), state_files: ["~/config"] };
    const box = Sandbox.create(shell, timed(`echo new >~/config\n${LONG}\n`, { checkpoint }));
    box.write("config", "old\n");
    const before = box.tree();
    await box.expectExit(6);
    expect(box.trace()).toEqual(["undo"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("believes no exit 0 that TERM brought about", async () => {
    const box = Sandbox.create(shell, timed(`trap 'exit 0' TERM\n${LONG} &\nwait\n`));
    await box.expectExit(1);
    expect(stepOf(await box.status(), "slow")).toMatchObject({ status: "failed", exit_code: 124 });
  });

  it("kills what ignores TERM", async () => {
    const box = Sandbox.create(shell, timed(`trap '' TERM\nsh -c '${LONG}; sleep 97542'\n`));
    await box.expectExit(1);
    expect(box.processes()).toEqual([]);
    expect(stepOf(await box.status(), "slow")).toMatchObject({ status: "failed", exit_code: 124 });
  });

  it("holds for the verification too", async () => {
    const box = Sandbox.create(shell, timed(":\n", { verify: [{ cmd: LONG }] }));
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("timed out after 1s");
    expect(box.processes()).toEqual([]);
  });

  it("is no matter to a step that ends in time, nor to what it leaves running", async () => {
    const toml = timed(`env ${LONG} &\n${trace("slow")}`, { timing: { timeout: "1h" } });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(0);
    expect(box.trace()).toEqual(["slow", "after"]);
    expect(box.processes()).toEqual([LONG]);
  });

  it("needs no sleep that knows fractions", async () => {
    const box = Sandbox.create(shell, timed(`${LONG}\n`));
    const text = `#!/bin/sh\ncase $1 in *.*) exit 1 ;; esac\nexec /bin/sleep "$1"\n`;
    box.program("sleep", text);
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("timed out after 1s");
    expect(box.processes()).toEqual([]);
  });

  it("gives way to a signal", async () => {
    const box = Sandbox.create(shell, timed(pause("slow"), { timing: { timeout: "1h" } }));
    const run = box.start();
    await box.reached("slow");
    run.signal("SIGTERM");
    const { exit, stderr } = await run.result;
    expect(exit).toBe(143);
    expect(stderr).not.toContain("timed out");
    expect(box.processes()).toEqual([]);
    expect(stepOf(await box.status(), "slow").status).toBe("failed");
  });

  it("leaves no watchdog behind a script that was killed", async () => {
    const box = Sandbox.create(shell, timed(pause("slow"), { timing: { timeout: "1h" } }));
    const run = box.start();
    await box.reached("slow");
    run.signal("SIGKILL");
    await run.result;
    box.go();
    await waitUntil("all has ended by itself", () => box.processes().length === 0);
    expect(stepOf(await box.status(), "slow").status).toBe("running");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["after"]);
  });
});
