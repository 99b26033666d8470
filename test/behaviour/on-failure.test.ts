// What a step's failure does to the run: stop, continue, abort.
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  pause,
  Sandbox,
  statuses,
  stepOf,
  type TestStep,
  trace,
} from "./harness/index.js";

const step = (id: string, more: Partial<TestStep> = {}): TestStep => ({
  id,
  run: `${trace(id)}echo ${id} >~/${id}\n`,
  checkpoint: { rollback: `${trace(`undo-${id}`)}rm -f ~/${id}` },
  ...more,
});

const failing = (id: string, action: string, more: Partial<TestStep> = {}): TestStep =>
  step(id, { run: `${trace(id)}echo x >~/${id}\n${needs("ready")}`, on_failure: { action }, ...more });

inEachShell("on_failure = continue", (shell) => {
  const toml = installerToml({
    steps: [
      failing("a", "continue"),
      step("b", { depends_on: ["a"] }),
      step("c", { depends_on: ["b"] }),
      step("d"),
    ],
  });

  it("runs what does not depend on it, and the run fails with its name", async () => {
    const box = Sandbox.create(shell, toml);
    const { stdout, stderr } = await box.expectExit(1);
    expect(box.trace()).toEqual(["a", "d"]);
    expect(stdout).toContain("[2/4] b: not run: it depends on a\n");
    expect(stdout).toContain("[3/4] c: not run: it depends on b\n");
    expect(stdout).not.toContain("steps were run");
    expect(stderr).toContain("demo: steps that failed: a\n");
    expect(stderr).toContain("Not run, for what they depend on: b c\n");
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "failed", exit_code: 1 });
    expect(statuses(status)).toEqual({ a: "failed", b: "pending", c: "pending", d: "completed" });
  });

  it("tries it again at a resume, with what was not run", async () => {
    const box = Sandbox.create(shell, toml);
    const before = box.tree();
    await box.expectExit(1);
    box.clearTrace();
    await box.expectExit(1, ["resume"]);
    expect(box.trace()).toEqual(["a"]);
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["a", "a", "b", "c"]);
    await box.expectExit(0, ["rollback", "--full"]);
    rmSync(box.path("ready"));
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("says so in events", async () => {
    const box = Sandbox.create(shell, toml);
    const { stdout } = await box.expectExit(1, ["--json"]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual({
      event: "step_skipped", step: "c", ord: 3, reason: "dependency", dependency: "b",
    });
    expect(events).toContainEqual(expect.objectContaining({ event: "run_failed", exit_code: 1 }));
    expect(events.at(-1)).toMatchObject({ event: "error", exit_code: 1, message: "steps that failed: a" });
  });

  it("names it also where another step stops the run", async () => {
    const steps = [failing("a", "continue"), failing("b", "stop"), step("c")];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(1);
    expect(box.trace()).toEqual(["a", "b"]);
    expect(stderr).toContain("demo: steps that failed before: a\n");
    expect(stderr).toContain("demo: stopped at step b\n");
  });

  it("undoes an atomic step, and goes on unless that fails", async () => {
    const atomic = (rollback: string): string => {
      const steps = [failing("a", "continue", { checkpoint: { atomic: true, rollback } }), step("b")];
      return installerToml({ steps });
    };
    const box = Sandbox.create(shell, atomic("rm ~/a"));
    await box.expectExit(1);
    expect(box.trace()).toEqual(["a", "b"]);
    expect(box.exists("a")).toBe(false);
    const other = Sandbox.create(shell, atomic("exit 5"));
    await other.expectExit(7);
    expect(other.trace()).toEqual(["a"]);
  });

  it("passes over a step whose preconditions do not hold", async () => {
    const toml = installerToml({ steps: [failing("a", "continue"), step("b")] });
    const asked = 'preconditions = { file_exists = "~/none" }\non_failure';
    const box = Sandbox.create(shell, toml.replace("on_failure", asked));
    const { stderr } = await box.expectExit(1);
    expect(box.trace()).toEqual(["b"]);
    expect(stderr).toContain("demo: steps that failed: a\n");
  });

  it("passes over no signal", async () => {
    const steps = [failing("a", "continue", { run: pause("a") }), step("b")];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const run = box.start();
    await box.reached("a");
    run.signal("SIGTERM");
    expect((await run.result).exit).toBe(143);
    expect(box.trace()).toEqual([]);
  });
});

inEachShell("on_failure = abort", (shell) => {
  it("rolls the whole run back, and exits 1", async () => {
    const box = Sandbox.create(shell, installerToml({ steps: [step("a"), failing("b", "abort"), step("c")] }));
    const before = box.tree();
    const { stderr } = await box.expectExit(1);
    expect(box.trace()).toEqual(["a", "b", "undo-b", "undo-a"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect(stderr).toContain("demo: step b failed: the run was rolled back\n");
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "rolled_back", exit_code: 1 });
    box.write("ready", "");
    box.clearTrace();
    await box.expectExit(0);
    expect(box.trace()).toEqual(["a", "b", "c"]);
  });

  it("leaves the runs below as they were", async () => {
    const version = (text: string, b: TestStep): string =>
      installerToml({ version: text, steps: [step("a"), b] });
    const box = Sandbox.create(shell, version("1", step("b")));
    await box.expectExit(0);
    const before = box.tree();
    box.useToml(version("2", failing("c", "abort")));
    await box.expectExit(1);
    expect(diffTrees(before, box.tree())).toEqual([]);
    const status = await box.status();
    expect(status.version).toBe("1");
    expect(status.run).toMatchObject({ status: "completed" });
  });

  it("exits 7 where an undo fails, and names it", async () => {
    const steps = [step("a", { checkpoint: { rollback: "exit 5" } }), failing("b", "abort")];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(7);
    expect(stderr).toContain("undo commands failed: a\n");
    expect(stderr).not.toContain("the run was rolled back");
    expect(box.exists("b")).toBe(false);
  });

  it("counts the undo of the atomic step that failed", async () => {
    const checkpoint = { atomic: true, rollback: "exit 5" };
    const steps = [step("a"), failing("b", "abort", { checkpoint })];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(7);
    expect(stderr).toContain("undo commands failed: b\n");
    expect(box.exists("a")).toBe(false);
  });

  it("stops before an irreversible step, and says so", async () => {
    const steps = [
      step("a", { checkpoint: { irreversible: true } }),
      step("b"),
      failing("c", "abort"),
    ];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("rolled back to the irreversible step a\n");
    expect(box.trace()).toEqual(["a", "b", "c", "undo-c", "undo-b"]);
    const status = await box.status();
    expect(status.run?.status).toBe("aborted");
    expect(statuses(status)).toEqual({ a: "completed", b: "rolled_back", c: "rolled_back" });
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("%s in its rollback leaves the rest to the next call", async (name) => {
    const slow = step("a", { checkpoint: { rollback: `rm -f ~/a\n${pause("undo")}` } });
    const box = Sandbox.create(shell, installerToml({ steps: [slow, failing("b", "abort")] }));
    const before = box.tree();
    const run = box.start();
    await box.reached("undo");
    run.signal(name);
    const { exit } = await run.result;
    if (name === "SIGTERM") expect(exit).toBe(143);
    box.go();
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });
});

inEachShell("on_failure", (shell) => {
  it("shows its message, which is data", async () => {
    const message = "it's \"here\": $(touch ~/hit) `touch ~/hit`\nsee \\n %s\u001b[31m";
    const steps = [failing("a", "stop", { on_failure: { message } })];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("demo: it's \"here\": $(touch ~/hit) `touch ~/hit` see \\n %s [31m\n");
    expect(box.exists("hit")).toBe(false);
    const { stdout } = await box.expectExit(1, ["resume", "--json"]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual({ event: "step_message", step: "a", message });
  });

  it("with preserve_state = false undoes the step, as if it were atomic", async () => {
    const checkpoint = { state_files: ["~/a"] };
    const steps = [step("before"), failing("a", "stop", { checkpoint, on_failure: { preserve_state: false } })];
    const box = Sandbox.create(shell, installerToml({ steps }));
    await box.expectExit(6);
    expect(box.exists("a")).toBe(false);
    expect(box.exists("before")).toBe(true);
  });

  it("with preserve_state = true keeps what an abort undoes", async () => {
    const checkpoint = { state_files: ["~/a", "~/none"] };
    const on_failure = { action: "abort", preserve_state: true };
    const steps = [failing("a", "abort", { checkpoint, on_failure })];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stderr } = await box.expectExit(1);
    expect(box.exists("a")).toBe(false);
    expect(box.store().read("backup", "a", "failed", "1.1", "1")).toBe("x\n");
    expect(stderr).toContain(box.store().path("backup", "a", "failed", "1.1", "1"));
    expect(box.store().list("backup", "a", "failed", "1.1")).toEqual(["1"]);
  });

  it("is in the plan, as the timing is", async () => {
    const steps = [
      failing("a", "continue", { timing: { timeout: "1h30m", retry: { count: 4 } } }),
      failing("b", "abort", { depends_on: ["a"] }),
      failing("c", "retry"),
      step("d"),
    ];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const { stdout } = await box.expectExit(0, ["plan"]);
    expect(stdout.split("\n").filter((line) => line.startsWith("     "))).toEqual([
      "        timeout 1h30m, 4 tries, a failure is passed over",
      "        a failure rolls the run back",
      "        3 tries",
    ]);
    const { stdout: json } = await box.expectExit(0, ["plan", "--json"]);
    expect(json).toContain('{"event":"plan_timing","step":"a","timeout":5400,"tries":4,"on_failure":"continue"}');
    expect(json).toContain('{"event":"plan_timing","step":"c","timeout":null,"tries":3,"on_failure":"stop"}');
    expect(stepOf(await box.status(), "a").status).toBe("pending");
  });
});
