// A step that is tried again: each try is an attempt, recorded for itself.
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  Sandbox,
  stepOf,
  type TestStep,
  trace,
  waitUntil,
} from "./harness/index.js";

/** Commands that fail until they ran `times` times. */
function passesAt(times: number, fail = "false"): string {
  return `${trace("try")}[ "$(grep -c try "$TEST_SANDBOX/trace")" -ge ${times} ] || ${fail}\n`;
}

function retried(run: string, more: Partial<TestStep> = {}): string {
  const timing = { retry: { count: 3, delay: "0s" } };
  const step: TestStep = { id: "flaky", run, timing, ...more };
  return installerToml({ steps: [step, { id: "after", run: trace("after"), checkpoint: {} }] });
}

inEachShell("a step with a retry", (shell) => {
  it("is tried until it passes, each time with a log of its own", async () => {
    const toml = retried(`echo "output $WAYMARK_RUN"\n${passesAt(3)}`, { checkpoint: {} });
    const box = Sandbox.create(shell, toml);
    const { stdout } = await box.expectExit(0);
    expect(box.trace()).toEqual(["try", "try", "try", "after"]);
    expect(stdout).toContain("[1/2] flaky: trying again in 0 s (tries left: 2)\n");
    expect(stdout).toContain("completed; 2 of 2 steps were run");
    const status = await box.status();
    expect(stepOf(status, "flaky")).toMatchObject({ status: "completed", attempt: 3, settled: true });
    for (const n of [1, 2, 3]) {
      expect(box.store().read("logs", `flaky.${n}.log`)).toMatch(new RegExp(`/1\\.${n}\\.\\n`));
    }
  });

  it("fails when its tries are used up", async () => {
    const box = Sandbox.create(shell, retried(`${trace("try")}exit 5\n`));
    const { stdout } = await box.expectExit(1, ["--json"]);
    expect(box.trace()).toEqual(["try", "try", "try"]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as { event: string });
    expect(events.filter(({ event }) => event === "step_failed")).toHaveLength(3);
    expect(events.filter(({ event }) => event === "step_retry")).toEqual([
      { event: "step_retry", step: "flaky", ord: 1, attempt: 2, delay: 0 },
      { event: "step_retry", step: "flaky", ord: 1, attempt: 3, delay: 0 },
    ]);
    const status = await box.status();
    expect(stepOf(status, "flaky")).toMatchObject({ status: "failed", attempt: 3, exit_code: 5 });
    expect(stepOf(status, "after").status).toBe("pending");
    box.clearTrace();
    await box.expectExit(1, ["resume"]);
    expect(box.trace(), "a resume has all tries").toEqual(["try", "try", "try"]);
  });

  it("is undone between its tries where it is atomic", async () => {
    const checkpoint = { atomic: true, rollback: trace("undo"), state_files: ["~/config"] };
    const run = `echo more >>~/config\n${passesAt(2)}`;
    const box = Sandbox.create(shell, retried(run, { checkpoint }));
    box.write("config", "old\n", 0o640);
    const before = box.tree();
    await box.expectExit(0);
    expect(box.trace()).toEqual(["try", "undo", "try", "after"]);
    expect(box.read("config")).toBe("old\nmore\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("keeps the pre-image of its first try, also over an older run", async () => {
    const checkpoint = { state_files: ["~/config"] };
    const toml = retried(`echo more >>~/config\n${passesAt(2)}`, { checkpoint });
    const box = Sandbox.create(shell, toml);
    box.write("config", "old\n");
    const before = box.tree();
    await box.expectExit(0);
    expect(box.read("config")).toBe("old\nmore\nmore\n");
    box.clearTrace();
    const { stderr } = await box.expectExit(0, ["run", "--fresh"]);
    expect(stderr, "nobody edited it").not.toContain("conflict");
    expect(box.read("config")).toBe("old\nmore\nmore\nmore\nmore\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("is not tried again where it could not be undone", async () => {
    const checkpoint = { atomic: true, rollback: "exit 5" };
    const box = Sandbox.create(shell, retried(`${trace("try")}false\n`, { checkpoint }));
    const { stderr } = await box.expectExit(7);
    expect(stderr).toContain("undo commands failed: flaky");
    expect(box.trace()).toEqual(["try"]);
  });

  it("has its time for each try", async () => {
    const timing = { timeout: "1s", retry: { count: 2, delay: "0s" } };
    const box = Sandbox.create(shell, retried(passesAt(2, "sleep 97551"), { timing }));
    const { stderr } = await box.expectExit(0);
    expect(stderr).toContain("step flaky timed out after 1s");
    expect(box.trace()).toEqual(["try", "try", "after"]);
    expect(box.processes()).toEqual([]);
  });
});

inEachShell("the delay before another try", (shell) => {
  const delayed = (): string =>
    retried(`${trace("try")}[ -e ~/ready ]\n`, { timing: { retry: { count: 2, delay: "1h" } } });

  it("passes", async () => {
    const timing = { retry: { count: 2, delay: "1s", jitter: true } };
    const box = Sandbox.create(shell, retried(passesAt(2), { timing }));
    await box.expectExit(0);
    expect(box.trace()).toEqual(["try", "try", "after"]);
    expect(box.processes()).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends at once with %s", async (name) => {
    const box = Sandbox.create(shell, delayed());
    const run = box.start();
    expect(await run.waitFor("trying again in 3600 s")).toBe(true);
    run.signal(name);
    const { exit, stdout } = await run.result;
    const code = name === "SIGINT" ? 130 : 143;
    expect(exit).toBe(code);
    expect(stdout).toContain("trying again in 3600 s (tries left: 1)");
    expect(box.processes()).toEqual([]);
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "aborted", exit_code: code });
    expect(stepOf(status, "flaky")).toMatchObject({ status: "failed", attempt: 1, exit_code: 1 });
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["try", "try", "after"]);
  });

  it("leaves a failure in the store, and nothing else, where the script is killed", async () => {
    const box = Sandbox.create(shell, delayed());
    const run = box.start();
    expect(await run.waitFor("trying again in 3600 s")).toBe(true);
    run.signal("SIGKILL");
    await run.result;
    await waitUntil("all has ended by itself", () => box.processes().length === 0);
    expect(stepOf(await box.status(), "flaky")).toMatchObject({ status: "failed", attempt: 1 });
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(stepOf(await box.status(), "flaky")).toMatchObject({ status: "completed", attempt: 2 });
  });
});
