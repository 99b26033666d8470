// "Atomic Steps": all or nothing.
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  pause,
  Sandbox,
  stepOf,
  type TestStep,
  trace,
} from "./harness/index.js";

function atomic(fail: string, more: Partial<TestStep> = {}): string {
  const step: TestStep = {
    id: "all",
    run: `echo new >~/config\nmkdir ~/extra\n: >~/extra/file\n${fail}`,
    checkpoint: {
      atomic: true,
      rollback: `${trace("undo")}rm -rf ~/extra`,
      state_files: ["~/config"],
    },
    ...more,
  };
  const before: TestStep = { id: "before", run: trace("before"), checkpoint: {} };
  return installerToml({ steps: [before, step] });
}

inEachShell("an atomic step", (shell) => {
  it.each([
    ["a failing command", "false\n"],
    ["an exit status", "exit 42\n"],
    ["an unset variable", 'echo "$no_such_variable"\n'],
    ["a command killed by a signal", "sh -c 'kill -s KILL $$'\n"],
  ])("is undone after %s", async (_, fail) => {
    const box = Sandbox.create(shell, atomic(fail));
    box.write("config", "old\n", 0o640);
    const before = box.tree();
    const { stdout, stderr } = await box.expectExit(6);
    expect(stdout + stderr).toMatch(/all/);
    expect(box.trace()).toEqual(["before", "undo"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "failed", exit_code: 6 });
    expect(stepOf(status, "before").settled).toBe(true);
    expect(stepOf(status, "all").settled).toBe(false);
  });

  it("is undone where its verification fails", async () => {
    const verify = [{ cmd: "cat ~/config", expect: "newer" }];
    const box = Sandbox.create(shell, atomic("", { verify }));
    const before = box.tree();
    await box.expectExit(6);
    expect(box.trace()).toEqual(["before", "undo"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("is undone at a signal to the script, which exits 128+N", async () => {
    const box = Sandbox.create(shell, atomic(pause("step")));
    const before = box.tree();
    const run = box.start();
    await box.reached("step");
    run.signal("SIGTERM");
    expect((await run.result).exit).toBe(143);
    expect(box.trace()).toEqual(["before", "undo"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("runs again, alone, at a resume, and can then be undone whole", async () => {
    const box = Sandbox.create(shell, atomic(needs("ready")));
    box.write("config", "old\n");
    await box.expectExit(6);
    box.write("ready", "");
    const before = box.tree();
    box.clearTrace();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual([]);
    expect(box.read("config")).toBe("new\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("exits 7 where its undoing fails, and says what is left", async () => {
    const step: TestStep = {
      id: "stuck",
      run: ": >~/left\nfalse\n",
      checkpoint: { atomic: true, rollback: "exit 5" },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [step] }));
    // 6 would say that it was undone.
    const { stdout, stderr } = await box.expectExit(7);
    expect(stdout + stderr).toMatch(/stuck/);
  });
});
