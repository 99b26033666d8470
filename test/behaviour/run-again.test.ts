// A run over a finished one, --fresh, another version, and a changed plan (G9).
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  Sandbox,
  type TestStep,
  trace,
} from "./harness/index.js";

function installer(version: string, made = "v"): string {
  return installerToml({
    version,
    steps: [
      {
        id: "make",
        run: `${trace("make")}echo ${made}${version} >~/made\n`,
        checkpoint: { rollback: `${trace("undo")}:`, state_files: ["~/made"] },
      },
      {
        id: "check",
        depends_on: ["make"],
        verify: [{ cmd: 'echo check >>"$TEST_SANDBOX/trace"; cat ~/made', expect: "v" }],
      },
    ],
  });
}

inEachShell("a run over a finished one", (shell) => {
  it("says so, verifies, and runs no step", async () => {
    const box = Sandbox.create(shell, installer("1.0.0"));
    await box.expectExit(0);
    box.clearTrace();
    const { stdout, stderr } = await box.expectExit(0);
    expect(stdout + stderr).toMatch(/already/i);
    expect(box.trace()).toEqual(["check"]);
  });

  it("fails where what is installed no longer verifies", async () => {
    const box = Sandbox.create(shell, installer("1.0.0"));
    await box.expectExit(0);
    box.write("made", "broken\n");
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toMatch(/check/);
    expect(box.read("made")).toBe("broken\n");
  });

  it("runs all again with --fresh, as a run of its own", async () => {
    const box = Sandbox.create(shell, installer("1.0.0"));
    const before = box.tree();
    await box.expectExit(0);
    box.clearTrace();
    await box.expectExit(0, ["run", "--fresh"]);
    expect(box.trace()).toEqual(["make", "check"]);
    expect(box.store().sql("SELECT count(*) FROM installer_runs")).toEqual(["2"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree()), "all of it").toEqual([]);
  });

  it("installs a new version on top, and undoes both", async () => {
    const box = Sandbox.create(shell, installer("1.0.0"));
    const before = box.tree();
    await box.expectExit(0);
    box.useToml(installer("2.0.0"));
    await box.expectExit(0);
    expect(box.read("made")).toBe("v2.0.0\n");
    expect((await box.status()).version).toBe("2.0.0");
    await box.expectExit(0, ["rollback"]);
    expect(box.read("made"), "the last checkpoint alone").toBe("v1.0.0\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("verifies at the verb `verify`, and changes nothing", async () => {
    const box = Sandbox.create(shell, installer("1.0.0"));
    await box.expectExit(0);
    box.clearTrace();
    const before = await box.status();
    await box.expectExit(0, ["verify"]);
    expect(box.trace()).toEqual(["check"]);
    box.write("made", "broken\n");
    const { stdout, stderr } = await box.expectExit(1, ["verify"]);
    expect(stdout + stderr).toMatch(/check/);
    box.write("made", "v1.0.0\n");
    expect(await box.status()).toEqual(before);
  });
});

inEachShell("a run over an unfinished one", (shell) => {
  it("starts over with --fresh", async () => {
    const a: TestStep = { id: "a", run: trace("a"), checkpoint: {} };
    const b: TestStep = { id: "b", run: trace("b") + needs("ready"), checkpoint: {} };
    const box = Sandbox.create(shell, installerToml({ steps: [a, b] }));
    await box.expectExit(1);
    box.write("ready", "");
    await box.expectExit(0, ["run", "--fresh"]);
    expect(box.trace()).toEqual(["a", "b", "a", "b"]);
  });

  it("runs again what changed and all that depends on it", async () => {
    const steps = (text: string): TestStep[] => [
      { id: "a", run: `${trace("a")}: ${text}\n`, checkpoint: {} },
      { id: "b", run: trace("b"), depends_on: ["a"], checkpoint: {} },
      { id: "c", run: trace("c"), checkpoint: {} },
      { id: "d", run: trace("d") + needs("ready"), checkpoint: {} },
    ];
    const box = Sandbox.create(shell, installerToml({ steps: steps("one") }));
    await box.expectExit(1);
    box.clearTrace();
    box.write("ready", "");
    box.useToml(installerToml({ steps: steps("two") }));
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["a", "b", "d"]);
  });

  it("refuses a changed plan with --strict, and shows what changed", async () => {
    const steps = (text: string): TestStep[] => [
      { id: "a", run: `${trace("a")}: ${text}\n`, checkpoint: {} },
      { id: "b", run: needs("ready"), checkpoint: {} },
    ];
    const box = Sandbox.create(shell, installerToml({ steps: steps("one") }));
    await box.expectExit(1);
    box.clearTrace();
    box.write("ready", "");
    box.useToml(installerToml({ steps: steps("two") }));
    const { stdout, stderr, exit } = await box.run(["resume", "--strict"]);
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toMatch(/\ba\b/);
    expect(box.trace()).toEqual([]);
  });
});
