// "Resuming from Failure": resume, resume --from STEP, resume --list.
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

const CHAIN = installerToml({
  steps: [
    { id: "first", run: trace("first"), checkpoint: {} },
    { id: "second", run: trace("second"), checkpoint: {} },
    { id: "third", run: trace("third") + needs("ready"), checkpoint: {} },
    { id: "fourth", run: trace("fourth"), checkpoint: {} },
  ],
});

inEachShell("resume", (shell) => {
  it("goes on after the last checkpoint", async () => {
    const box = Sandbox.create(shell, CHAIN);
    await box.expectExit(1);
    expect(box.trace()).toEqual(["first", "second", "third"]);
    box.clearTrace();
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["third", "fourth"]);
    const status = await box.status();
    expect(status.run?.status).toBe("completed");
    expect(stepOf(status, "third").attempt).toBe(2);
    expect(stepOf(status, "first").attempt).toBe(1);
    expect(box.store().list("logs")).toContain("third.2.log");
  });

  it("is what `run` does where a run is unfinished, and says so", async () => {
    const box = Sandbox.create(shell, CHAIN);
    await box.expectExit(1);
    box.clearTrace();
    box.write("ready", "");
    const { stdout, stderr } = await box.expectExit(0, ["run"]);
    expect(stdout + stderr).toMatch(/resum/i);
    expect(box.trace()).toEqual(["third", "fourth"]);
  });

  it("runs a step and all after it again with --from", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("ready", "");
    await box.expectExit(0);
    box.clearTrace();
    await box.expectExit(0, ["resume", "--from", "second"]);
    expect(box.trace()).toEqual(["second", "third", "fourth"]);
    expect((await box.status()).run?.status).toBe("completed");
  });

  it("refuses --from a step whose dependencies are not settled", async () => {
    const toml = installerToml({
      steps: [
        { id: "base", run: needs("ready"), checkpoint: {} },
        { id: "top", run: trace("top"), depends_on: ["base"], checkpoint: {} },
      ],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(1);
    const before = await box.status();
    const { stderr } = await box.expectExit(2, ["resume", "--from", "top"]);
    expect(stderr).toContain("base");
    expect(box.trace()).toEqual([]);
    expect(await box.status()).toEqual(before);
  });

  it("refuses --from an unknown step, and names those there are", async () => {
    const box = Sandbox.create(shell, CHAIN);
    await box.expectExit(1);
    box.clearTrace();
    const { stderr } = await box.expectExit(2, ["resume", "--from", "nope"]);
    expect(stderr).toContain("nope");
    expect(stderr).toContain("second");
    expect(box.trace()).toEqual([]);
  });

  it("lists the checkpoints with --list, and runs nothing", async () => {
    const box = Sandbox.create(shell, CHAIN);
    await box.expectExit(1);
    box.clearTrace();
    const before = await box.status();
    const { stdout } = await box.expectExit(0, ["resume", "--list"]);
    expect(stdout).toMatch(/first.*completed|completed.*first/);
    expect(stdout).toMatch(/second.*completed|completed.*second/);
    expect(stdout).toMatch(/third.*failed|failed.*third/);
    expect(box.trace()).toEqual([]);
    expect(await box.status()).toEqual(before);
  });

  it("says so where nothing is unfinished, and runs nothing", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("ready", "");
    await box.expectExit(0);
    box.clearTrace();
    const { stdout, stderr } = await box.expectExit(0, ["resume"]);
    expect((stdout + stderr).trim()).not.toBe("");
    expect(box.trace()).toEqual([]);
  });

  it("asks for a run where there is none, and leaves nothing", async () => {
    const box = Sandbox.create(shell, CHAIN);
    const before = box.wholeTree();
    const { stderr } = await box.expectExit(2, ["resume"]);
    expect(stderr).toMatch(/run/);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("uses the context of earlier steps: work/ and their files", async () => {
    const toml = installerToml({
      steps: [
        { id: "fetch", run: "echo payload >download\n", checkpoint: {} },
        { id: "use", run: needs("ready") + "cp download ~/used\n", checkpoint: {} },
      ],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(1);
    box.write("ready", "");
    await box.expectExit(0, ["resume"], { cwd: box.home });
    expect(box.read("used")).toBe("payload\n");
    expect(statuses(await box.status())).toEqual({
      fetch: "completed",
      use: "completed",
    });
  });
});
