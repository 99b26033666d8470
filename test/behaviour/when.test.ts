// `when` and `unless`: a step that is skipped by its condition, in the store,
// to people and in the events, and what every other verb makes of it.
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

const first: TestStep = {
  id: "first",
  run: `${trace("first")}echo 1 >~/first\n`,
  checkpoint: { rollback: "rm -f ~/first" },
};

/** Its condition leaves a trace, and holds where `~/wanted` is there. */
function maybe(more: Partial<TestStep> = {}): TestStep {
  return {
    id: "maybe",
    when: `${trace("asked")}test -e ~/wanted`,
    run: `${trace("maybe")}echo 2 >~/maybe\n`,
    checkpoint: { rollback: `${trace("undo-maybe")}rm -f ~/maybe`, state_files: ["~/maybe"] },
    verify: [{ cmd: "test -e ~/maybe" }],
    ...more,
  };
}

const last: TestStep = {
  id: "last",
  depends_on: ["maybe"],
  run: `${trace("last")}echo 3 >~/last\n`,
  checkpoint: { rollback: "rm -f ~/last" },
};

function demo(second: TestStep, third = last, version = "1.0.0"): string {
  return installerToml({ version, steps: [first, second, third] });
}

/** The events of a name, as objects. */
function events(stdout: string, name: string): readonly Record<string, unknown>[] {
  const all = stdout.split("\n").filter((line) => line.startsWith("{"));
  return all
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event === name);
}

inEachShell("a step that its condition skips", (shell) => {
  it("does not run, and what depends on it does", async () => {
    const box = Sandbox.create(shell, demo(maybe()));
    const before = box.tree();
    const { stdout } = await box.expectExit(0);
    expect(box.trace()).toEqual(["first", "asked", "last"]);
    expect(stdout).toContain("[2/3] maybe: skipped (when: exit 1)\n");
    expect(stdout).toContain("completed; 2 of 3 steps were run");
    // The completion before it is said before it is asked.
    expect(stdout.indexOf("first: completed")).toBeLessThan(stdout.indexOf("maybe: skipped"));

    const status = await box.status();
    expect(statuses(status)).toEqual({ first: "completed", maybe: "skipped", last: "completed" });
    expect(stepOf(status, "maybe")).toMatchObject({ attempt: 0, settled: true, exit_code: null, state_files: [] });
    expect(stepOf(status, "maybe").ended_at).not.toBeNull();
    expect((await box.expectExit(0, ["status"])).stdout).toContain("maybe: skipped (condition), settled");

    expect((await box.expectExit(0, ["verify"])).stdout).toContain("maybe: skipped by its condition");
    await box.expectExit(0, ["doctor"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).not.toContain("undo-maybe");
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("runs where the condition holds", async () => {
    const box = Sandbox.create(shell, demo(maybe({ unless: "test -e ~/unwanted" })));
    box.write("wanted", "");
    await box.expectExit(0);
    expect(box.trace()).toEqual(["first", "asked", "maybe", "last"]);
    expect(statuses(await box.status())["maybe"]).toBe("completed");
    await box.expectExit(0, ["verify"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toContain("undo-maybe");
  });

  it("says the reason in the events, which tell it from a settled one", async () => {
    const box = Sandbox.create(shell, demo(maybe({ when: "exit 7" }), { ...last, run: needs("ready") }));
    const failed = await box.expectExit(1, ["run", "--json"]);
    expect(events(failed.stdout, "step_skipped")).toEqual([
      { event: "step_skipped", step: "maybe", ord: 2, reason: "condition", condition: "when", exit_code: 7 },
    ]);
    box.write("ready", "");
    const resumed = await box.expectExit(0, ["resume", "--json"]);
    expect(events(resumed.stdout, "step_skipped")).toEqual([
      { event: "step_skipped", step: "first", ord: 1, reason: "settled" },
      { event: "step_skipped", step: "maybe", ord: 2, reason: "settled" },
    ]);
  });

  it.each([
    ["when = exit 0", { when: "exit 0" }, true],
    ["when = a command that is not there", { when: "no-such-command-of-mine" }, false],
    ["when killed by a signal", { when: "sh -c 'kill -s KILL $$'" }, false],
    ["unless = exit 0", { when: undefined, unless: "exit 0" }, false],
    ["unless = exit 3", { when: undefined, unless: "exit 3" }, true],
    ["both, and they hold", { when: "true", unless: "false" }, true],
    ["both, and the first does not", { when: "false", unless: "exit 9" }, false],
    ["both, and the second does not", { when: "true", unless: "true" }, false],
    ["several lines", { when: "x=1\nif [ $x = 2 ]; then\n  exit 0\nfi\nfalse\n" }, false],
    ["a failing command that is not the last", { when: "false\ntrue" }, true],
    ["what it sets and where it goes, which it keeps", { when: "cd /; rt_status=9; set -- a; true" }, true],
    ["quotes and a comment", { when: `test "it's" = 'it'"'"'s' # yes` }, true],
    ["a here-document", { when: "cat <<'E' >~/here\n$(exit)\nE" }, true],
  ])("decides by %s", async (_, condition, runs) => {
    const box = Sandbox.create(shell, demo(maybe(condition as Partial<TestStep>)));
    await box.expectExit(0);
    expect(box.trace().includes("maybe")).toBe(runs);
    expect(box.trace()).toContain("last");
  });

  it("is asked in the step's environment", async () => {
    const when =
      'pwd -P >~/seen; printf "%s\\n" "$WAYMARK_STEP" "$WAYMARK_WORK" "[${*-}]" >>~/seen; cat >>~/seen; umask >>~/seen; false';
    const box = Sandbox.create(shell, demo(maybe({ when })));
    await box.expectExit(0, [], { input: "for nobody\n" });
    const work = box.store().path("work");
    expect(box.read("seen").split("\n").slice(0, 4)).toEqual([work, "maybe", work, "[]"]);
    expect(box.read("seen")).not.toContain("for nobody");
  });

  it("has its output in the log, also where the step runs then", async () => {
    const when = "echo out; echo err >&2; test -e ~/wanted";
    const box = Sandbox.create(shell, demo(maybe({ when, run: "echo ran >~/maybe; echo ran\n" })));
    await box.expectExit(0);
    const skipped = await box.expectExit(0, ["logs", "maybe"]);
    expect(skipped.stdout).toContain("when: echo out;");
    expect(skipped.stdout).toContain("out\nerr\n");
    box.write("wanted", "");
    await box.expectExit(0, ["run", "--fresh"]);
    const ran = await box.expectExit(0, ["logs", "maybe"]);
    expect(ran.stdout).toMatch(/out\nerr\nran\n/);
    const { stdout } = await box.expectExit(0, ["run", "--fresh", "--verbose"]);
    expect(stdout).toMatch(/out\nerr\nran\n/);
  });

  it("is not asked again by a resume, but by --from, --fresh and a new version", async () => {
    const box = Sandbox.create(shell, demo(maybe(), { ...last, run: `${trace("last")}${needs("ready")}` }));
    await box.expectExit(1);
    box.clearTrace();
    box.write("wanted", "");
    const plan = await box.expectExit(0, ["plan"]);
    expect(plan.stdout).toContain("skip  maybe: maybe (skipped by its condition");
    await box.expectExit(1, ["resume"]);
    expect(box.trace()).toEqual(["last"]);

    box.clearTrace();
    box.write("ready", "");
    await box.expectExit(0, ["resume", "--from", "maybe"]);
    expect(box.trace()).toEqual(["asked", "maybe", "last"]);
    box.clearTrace();
    await box.expectExit(0, ["run", "--fresh"]);
    expect(box.trace()).toEqual(["first", "asked", "maybe", "last"]);
  });

  it("is asked again by a new version, and what depends on it runs again", async () => {
    const box = Sandbox.create(shell, demo(maybe()));
    const before = box.tree();
    await box.expectExit(0);
    box.clearTrace();
    box.useToml(demo(maybe(), last, "2.0.0"));
    const plan = await box.expectExit(0, ["plan"]);
    expect(plan.stdout).toMatch(/skip {2}first.*\n.*run {2}maybe: maybe \(skipped by its condition; when: .*\n.*run {2}last/);
    await box.expectExit(0);
    expect(box.trace()).toEqual(["asked", "last"]);

    box.clearTrace();
    box.write("wanted", "");
    box.useToml(demo(maybe(), last, "3.0.0"));
    await box.expectExit(0, ["run", "--strict"]);
    expect(box.trace()).toEqual(["asked", "maybe", "last"]);
    // A version that settles it passes it over with no question.
    box.clearTrace();
    box.useToml(demo(maybe(), last, "4.0.0"));
    await box.expectExit(0);
    expect(box.trace()).toEqual([]);
    const kept = stepOf(await box.status(), "maybe");
    expect(kept).toMatchObject({ status: "skipped", attempt: 0, ended_at: null });
    expect((await box.expectExit(0, ["status"])).stdout).toContain("maybe: skipped, settled");
    await box.expectExit(0, ["verify"]);
    await box.expectExit(0, ["rollback", "--full"]);
    rmSync(box.path("wanted"));
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("leaves a record that a version without conditions can read and undo", async () => {
    const box = Sandbox.create(shell, demo(maybe()));
    const before = box.tree();
    await box.expectExit(0);
    const { when: _, ...plain } = maybe();
    box.useToml(demo(plain, last, "2.0.0"));
    expect((await box.expectExit(0, ["status"])).stdout).toContain("maybe: skipped (condition), settled");
    await box.expectExit(0);
    expect(box.exists("maybe")).toBe(true);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("is not asked where the step was begun and left unfinished", async () => {
    const half = maybe({
      when: undefined,
      unless: `${trace("asked")}test -e ~/maybe`,
      run: `${trace("maybe")}echo half >~/maybe\n${needs("ready")}echo whole >~/maybe\n`,
    });
    const box = Sandbox.create(shell, demo(half));
    await box.expectExit(1);
    expect(box.read("maybe")).toBe("half\n");
    const plan = await box.expectExit(0, ["plan"]);
    expect(plan.stdout).toContain("run  maybe: maybe (failed; checkpoint)");
    box.write("ready", "");
    // Neither in this run nor in a new one on top.
    box.useToml(demo(half, last, "2.0.0"));
    await box.expectExit(0);
    expect(box.read("maybe")).toBe("whole\n");
    expect(box.trace()).toEqual(["first", "asked", "maybe", "maybe", "last"]);
  });

  it("is asked again where the step was undone", async () => {
    const atomic = maybe({
      run: `${trace("maybe")}echo 2 >~/maybe\n${needs("ready")}`,
      checkpoint: { atomic: true, rollback: "rm ~/maybe", state_files: ["~/maybe"] },
    });
    const box = Sandbox.create(shell, demo(atomic));
    box.write("wanted", "");
    await box.expectExit(6);
    await box.expectExit(6, ["resume"]);
    expect(box.trace()).toEqual(["first", "asked", "maybe", "asked", "maybe"]);
    rmSync(box.path("wanted"));
    await box.expectExit(0, ["resume"]);
    const skipped = stepOf(await box.status(), "maybe");
    expect(skipped).toMatchObject({ status: "skipped", attempt: 0, settled: true });
    await box.expectExit(0, ["doctor"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.exists("maybe")).toBe(false);
  });

  it("is asked again behind a rollback, and what it left is forgotten", async () => {
    const box = Sandbox.create(shell, demo(maybe()));
    box.write("wanted", "");
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--to", "first"]);
    rmSync(box.path("wanted"));
    box.clearTrace();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["asked", "last"]);
    const skipped = stepOf(await box.status(), "maybe");
    expect(skipped).toMatchObject({ status: "skipped", attempt: 0, exit_code: null, state_files: [] });
    // The file that is not there is none that a resume would put back.
    box.clearTrace();
    expect((await box.expectExit(0, ["run"])).stderr).toBe("");
    await box.expectExit(0, ["resume"]);
    await box.expectExit(0, ["doctor"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual([]);
  });

  it("can be rolled back to", async () => {
    const box = Sandbox.create(shell, demo(maybe()));
    await box.expectExit(0);
    expect((await box.expectExit(0, ["resume", "--list"])).stdout).toMatch(/maybe {2}skipped {2}2/);
    await box.expectExit(0, ["rollback", "--to", "maybe"]);
    expect(box.exists("first")).toBe(true);
    expect(box.exists("last")).toBe(false);
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["first", "asked", "last", "last"]);
  });

  it("is not recorded where a signal ends the question", async () => {
    const box = Sandbox.create(shell, demo(maybe({ when: `${trace("asked")}${pause("when")}false` })));
    const run = box.start();
    await box.reached("when");
    run.signal("SIGTERM");
    expect((await run.result).exit).toBe(143);
    expect(statuses(await box.status())).toEqual({ first: "completed", maybe: "pending", last: "pending" });
    expect(box.processes()).toEqual([]);
    box.go();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["first", "asked", "asked", "last"]);
  });

  it("kill -9 while it is asked: the next call ends what is left, and asks again", async () => {
    const box = Sandbox.create(shell, demo(maybe({ when: `${trace("asked")}${pause("when")}false` })));
    const run = box.start();
    await box.reached("when");
    run.signal("SIGKILL");
    await run.result;
    // What completed before the question is on record.
    expect(statuses(await box.status())).toEqual({ first: "completed", maybe: "pending", last: "pending" });
    const again = box.start(["resume"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    box.go();
    expect((await again.result).exit).toBe(0);
    expect(box.processes()).toEqual([]);
    expect(statuses(await box.status())).toEqual({ first: "completed", maybe: "skipped", last: "completed" });
  });

  it("kill -9 at each write around it: a resume ends right", async () => {
    const toml = demo(maybe());
    let kills = 0;
    for (let point = 1; ; point += 3) {
      const box = Sandbox.create(shell, toml);
      const { exit } = await box.run([], { env: { WAYMARK_KILL_AT: String(point) } });
      if (exit !== 137) {
        expect(exit).toBe(0);
        break;
      }
      kills += 1;
      const skipped = (await box.status()).steps.find(({ id }) => id === "maybe")?.status === "skipped";
      box.clearTrace();
      const started = (await box.status()).run !== null;
      await box.expectExit(0, [started ? "resume" : "run"]);
      expect(statuses(await box.status())).toEqual({ first: "completed", maybe: "skipped", last: "completed" });
      expect(box.trace().includes("asked")).toBe(!skipped);
      expect(box.exists("maybe")).toBe(false);
    }
    expect(kills).toBeGreaterThan(3);
  });
});
