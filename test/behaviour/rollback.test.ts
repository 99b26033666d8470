// "Rollback": the last checkpoint, back to a step, everything; and what
// happens when undoing goes wrong.
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  pause,
  Sandbox,
  statuses,
  type TestStep,
  trace,
} from "./harness/index.js";

function makes(id: string): TestStep {
  return {
    id,
    run: `echo ${id} >~/${id}\n`,
    checkpoint: { rollback: `${trace(`undo-${id}`)}rm ~/${id}` },
  };
}

const THREE = installerToml({ steps: ["a", "b", "c"].map(makes) });

inEachShell("rollback", (shell) => {
  it("undoes the last checkpoint, and the one before it at the next call", async () => {
    const box = Sandbox.create(shell, THREE);
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(box.trace()).toEqual(["undo-c"]);
    expect(["a", "b", "c"].map((id) => box.exists(id))).toEqual([true, true, false]);
    expect(statuses(await box.status())).toEqual({
      a: "completed",
      b: "completed",
      c: "rolled_back",
    });
    await box.expectExit(0, ["rollback"]);
    expect(box.trace()).toEqual(["undo-c", "undo-b"]);
  });

  it("undoes all that came after the step that --to names", async () => {
    const box = Sandbox.create(shell, THREE);
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--to", "a"]);
    expect(box.trace()).toEqual(["undo-c", "undo-b"]);
    expect(statuses(await box.status())).toEqual({
      a: "completed",
      b: "rolled_back",
      c: "rolled_back",
    });
  });

  it("undoes everything, in reverse order, with --full", async () => {
    const box = Sandbox.create(shell, THREE);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual(["undo-c", "undo-b", "undo-a"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect((await box.status()).run?.status).toBe("rolled_back");
  });

  it("is followed by a resume that runs what was undone", async () => {
    const box = Sandbox.create(shell, THREE);
    await box.expectExit(0);
    const installed = box.tree();
    await box.expectExit(0, ["rollback", "--to", "a"]);
    await box.expectExit(0, ["resume"]);
    expect(diffTrees(installed, box.tree())).toEqual([]);
    expect((await box.status()).run?.status).toBe("completed");
  });

  it("is followed by a run that installs again", async () => {
    const box = Sandbox.create(shell, THREE);
    await box.expectExit(0);
    const installed = box.tree();
    await box.expectExit(0, ["rollback", "--full"]);
    await box.expectExit(0);
    expect(diffTrees(installed, box.tree())).toEqual([]);
    expect((await box.status()).run?.status).toBe("completed");
  });

  it("undoes first what a failed step left behind", async () => {
    const failing: TestStep = {
      id: "d",
      run: `echo half >~/d\necho old-changed >~/kept\n${needs("ready")}`,
      checkpoint: {
        rollback: `${trace("undo-d")}rm -f ~/d`,
        state_files: ["~/d", "~/kept"],
      },
    };
    const box = Sandbox.create(
      shell,
      installerToml({ steps: [makes("a"), failing] }),
    );
    box.write("kept", "old\n", 0o640);
    const before = box.tree();
    await box.expectExit(1);
    expect(box.read("d"), "leftovers stay until a rollback").toBe("half\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual(["undo-d", "undo-a"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("refuses --to a step that is unknown or not settled", async () => {
    const late: TestStep = { id: "late", run: needs("ready"), checkpoint: {} };
    const box = Sandbox.create(shell, installerToml({ steps: [makes("a"), late] }));
    await box.expectExit(1);
    const before = box.tree();
    for (const step of ["nope", "late"]) {
      const { stderr } = await box.expectExit(2, ["rollback", "--to", step]);
      expect(stderr).toContain(step);
    }
    expect(box.trace()).toEqual([]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("says so where there is nothing to undo", async () => {
    const box = Sandbox.create(shell, THREE);
    const before = box.wholeTree();
    const never = await box.expectExit(0, ["rollback", "--full"]);
    expect((never.stdout + never.stderr).trim()).not.toBe("");
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--full"]);
    box.clearTrace();
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual([]);
  });

  it("goes on past a failing undo command, names it and exits 7", async () => {
    const bad: TestStep = {
      id: "bad",
      run: ": >~/bad\n",
      checkpoint: { rollback: `${trace("undo-bad")}echo no way >&2\nfalse` },
    };
    const box = Sandbox.create(
      shell,
      installerToml({ steps: [makes("a"), bad, makes("c")] }),
    );
    await box.expectExit(0);
    const { stdout, stderr } = await box.expectExit(7, ["rollback", "--full"]);
    expect(stdout + stderr).toMatch(/bad/);
    expect(box.trace()).toEqual(["undo-c", "undo-bad", "undo-a"]);
    expect(["a", "bad", "c"].map((id) => box.exists(id))).toEqual([false, true, false]);
  });

  it("restores state files also where the undo command failed", async () => {
    const bad: TestStep = {
      id: "bad",
      run: "echo new >~/config\n",
      checkpoint: { rollback: "exit 9", state_files: ["~/config"] },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [bad] }));
    box.write("config", "mine\n", 0o600);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(7, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it.each(["script", "group"] as const)(
    "is killed (%s) in the middle, and goes on at the next call",
    async (victim) => {
      const slow: TestStep = {
        id: "slow",
        run: ": >~/slow\n",
        checkpoint: { rollback: `${trace("undo-slow")}rm -f ~/slow\n${pause("undo")}` },
      };
      const box = Sandbox.create(
        shell,
        installerToml({ steps: [makes("a"), slow, makes("c")] }),
      );
      const before = box.tree();
      await box.expectExit(0);
      const rollback = box.start(["rollback", "--full"]);
      await box.reached("undo");
      if (victim === "script") rollback.signal("SIGKILL");
      else rollback.signalGroup("SIGKILL");
      await rollback.result;
      rollback.endGroup();
      box.go();
      await box.expectExit(0, ["rollback", "--full"]);
      expect(box.trace()).toEqual(["undo-c", "undo-slow", "undo-slow", "undo-a"]);
      expect(diffTrees(before, box.tree())).toEqual([]);
      expect((await box.status()).run?.status).toBe("rolled_back");
    },
  );

  it("gives an undo command the surroundings of its step", async () => {
    const step: TestStep = {
      id: "a",
      run: "echo word >note\n",
      checkpoint: {
        rollback:
          'cat note >~/undone\necho "$WAYMARK_STEP" >>~/undone\n' +
          'cmp note "$WAYMARK_WORK/note"\numask >~/umask\ncat >~/stdin',
      },
    };
    const box = Sandbox.create(shell, installerToml({ steps: [step] }));
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"], { input: "not for it\n" });
    expect(box.read("undone")).toBe("word\na\n");
    expect(Number.parseInt(box.read("umask"), 8)).toBe(process.umask());
    expect(box.read("stdin")).toBe("");
    expect(readdirSync(box.tmp)).toEqual([]);
  });
});

const IRREVERSIBLE = installerToml({
  steps: [
    makes("a"),
    {
      id: "burn",
      run: ": >~/burnt\n",
      checkpoint: { irreversible: true, rollback: "rm ~/burnt" },
    },
    makes("c"),
  ],
});

inEachShell("an irreversible step", (shell) => {
  it("stops a rollback in front of it, unless --force", async () => {
    const box = Sandbox.create(shell, IRREVERSIBLE);
    await box.expectExit(0);
    const before = box.tree();
    const { stdout, stderr, exit } = await box.run(["rollback", "--full"]);
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toMatch(/burn/);
    expect(stdout + stderr).toMatch(/--force/);
    expect(box.exists("a"), "nothing before it is undone").toBe(true);
    expect(box.exists("burnt")).toBe(true);
    expect(diffTrees(before, box.tree()), "refused as a whole").toEqual([]);
    await box.expectExit(0, ["rollback", "--full", "--force"]);
    expect(box.exists("a")).toBe(false);
    expect(box.exists("burnt")).toBe(false);
  });

  it("does not stop a rollback that ends after it", async () => {
    const box = Sandbox.create(shell, IRREVERSIBLE);
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--to", "burn"]);
    expect(box.trace()).toEqual(["undo-c"]);
    const { stdout } = await box.expectExit(0, ["plan"]);
    expect(stdout).toMatch(/no return/i);
  });
});
