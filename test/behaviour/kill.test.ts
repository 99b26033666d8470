// G3: after a SIGKILL, a resume ends where an uninterrupted run does.
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
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
  checkpoint: { rollback: "rm ~/first" },
};
const last: TestStep = {
  id: "last",
  run: `${trace("last")}echo 3 >~/last\n`,
  checkpoint: { rollback: "rm ~/last" },
};

function middle(atomic: boolean): TestStep {
  return {
    id: "middle",
    // Not idempotent: run on its own leftovers, it fails.
    run: `${trace("middle")}mkdir ~/made\necho 2 >>~/config\n${pause("middle")}`,
    checkpoint: {
      atomic,
      rollback: `${trace("undo-middle")}rm -rf ~/made`,
      state_files: ["~/config"],
    },
  };
}

const VICTIMS = ["script", "group"] as const;

inEachShell("kill -9 in the middle of a step", (shell) => {
  it.each(VICTIMS)("(%s): a resume undoes an atomic step first", async (victim) => {
    const toml = installerToml({ steps: [first, middle(true), last] });
    const box = Sandbox.create(shell, toml);
    box.write("config", "mine\n", 0o640);
    const before = box.tree();

    const run = box.start();
    await box.reached("middle");
    if (victim === "script") run.signal("SIGKILL");
    else run.signalGroup("SIGKILL");
    await run.result;
    run.endGroup();
    expect(box.exists("made"), "killed in the middle").toBe(true);
    expect(box.exists("last")).toBe(false);
    box.go();

    const { stdout, stderr } = await box.expectExit(0, ["resume"]);
    expect(stdout + stderr).toMatch(/middle/);
    expect(box.trace()).toEqual(["first", "middle", "undo-middle", "middle", "last"]);
    expect(box.read("config")).toBe("mine\n2\n");
    const status = await box.status();
    expect(status.run?.status).toBe("completed");
    expect(stepOf(status, "first").attempt).toBe(1);

    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("(script): a resume ends what the killed run left running", async () => {
    const lasting: TestStep = {
      id: "lasting",
      // The first attempt outlives its script and would write once more.
      run: `${trace("lasting")}[ -e "$TEST_SANDBOX/at-lasting" ] && exit 0
${pause("lasting")}echo late >>~/config\n`,
      checkpoint: { atomic: true, state_files: ["~/config"] },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [first, lasting, last] }));
    box.write("config", "mine\n");
    const run = box.start();
    await box.reached("lasting");
    run.signal("SIGKILL");
    await run.result;
    await box.expectExit(0, ["resume"]);
    expect(box.processes()).toEqual([]);
    box.go();
    expect(box.trace()).toEqual(["first", "lasting", "lasting", "last"]);
    expect(box.read("config")).toBe("mine\n");
  });

  it("is seen by status, as a run that ended unheard", async () => {
    const toml = installerToml({ steps: [first, middle(true), last] });
    const box = Sandbox.create(shell, toml);
    const run = box.start();
    await box.reached("middle");
    run.signalGroup("SIGKILL");
    await run.result;
    const status = await box.status();
    expect(statuses(status)).toMatchObject({ first: "completed", last: "pending" });
    expect(stepOf(status, "first").settled).toBe(true);
    expect(stepOf(status, "middle").settled).toBe(false);
    const { stdout } = await box.expectExit(0, ["status"]);
    expect(stdout).toMatch(/interrupted|died|killed|ended/i);
  });

  it("leaves a step that is not atomic as it is, for it to run again", async () => {
    const again: TestStep = {
      id: "again",
      run: `${trace("again")}mkdir -p ~/made\n${pause("again")}`,
      checkpoint: { rollback: `${trace("undo-again")}rm -rf ~/made` },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [first, again, last] }));
    const before = box.tree();
    const run = box.start();
    await box.reached("again");
    run.signalGroup("SIGKILL");
    await run.result;
    box.go();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["first", "again", "again", "last"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("is undone by a rollback, what was begun first", async () => {
    const toml = installerToml({ steps: [first, middle(false), last] });
    const box = Sandbox.create(shell, toml);
    box.write("config", "mine\n");
    const before = box.tree();
    const run = box.start();
    await box.reached("middle");
    run.signalGroup("SIGKILL");
    await run.result;
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual(["first", "middle", "undo-middle"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("takes the pre-image of a state file once a run", async () => {
    const twice: TestStep = {
      id: "twice",
      run: `echo x >>~/config\n${pause("twice")}[ -e ~/ready ]\n`,
      checkpoint: { state_files: ["~/config"] },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [twice] }));
    box.write("config", "mine\n");
    const run = box.start();
    await box.reached("twice");
    run.signalGroup("SIGKILL");
    await run.result;
    box.go();
    await box.expectExit(1, ["resume"]);
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.read("config")).toBe("mine\nx\nx\nx\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("config")).toBe("mine\n");
  });

  it("kill -9 of the store's sqlite3: the store is opened again", async () => {
    const toml = installerToml({ steps: [first, middle(false), last] });
    const box = Sandbox.create(shell, toml);
    const run = box.start();
    await box.reached("middle");
    for (const pid of box.pids(/sqlite3/)) process.kill(pid, "SIGKILL");
    box.go();
    expect((await run.result).exit).toBe(0);
    expect(statuses(await box.status())).toEqual({
      first: "completed",
      middle: "completed",
      last: "completed",
    });
  });
});
