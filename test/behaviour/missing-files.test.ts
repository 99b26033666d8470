// A settled step whose state files are missing runs again, in a resume.
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import { diffTrees, inEachShell, installerToml, needs, Sandbox, stepOf, trace } from "./harness/index.js";

const TOML = installerToml({
  steps: [
    { id: "make", run: `${trace("make")}echo 1 >~/made\n`, checkpoint: { state_files: ["~/made", "~/never"] } },
    { id: "temp", run: `${trace("temp")}: >~/temp\n`, checkpoint: { state_files: ["~/temp"] } },
    { id: "clean", run: `${trace("clean")}rm ~/temp\n`, checkpoint: { state_files: ["~/temp"] } },
    { id: "last", run: `${trace("last")}${needs("ready")}`, checkpoint: {} },
  ],
});

async function stopped(shell: Shell): Promise<Sandbox> {
  const box = Sandbox.create(shell, TOML);
  await box.expectExit(1);
  box.clearTrace();
  return box;
}

inEachShell("a state file that is missing", (shell) => {
  it("has its step run again by resume, and no other", async () => {
    const box = await stopped(shell);
    rmSync(box.path("made"));
    box.write("ready", "");
    expect((await box.expectExit(0, ["plan"])).stdout).toMatch(/run {2}make.*missing/);
    const { stdout } = await box.expectExit(0, ["resume"]);
    expect(stdout).toMatch(/make runs again.*missing/);
    expect(box.trace()).toEqual(["make", "last"]);
    expect(box.read("made")).toBe("1\n");
    expect(stepOf(await box.status(), "make").attempt).toBe(2);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.exists("made")).toBe(false);
  });

  it("is refused with --strict, and nothing is done", async () => {
    const box = await stopped(shell);
    rmSync(box.path("made"));
    const before = box.tree();
    const { stderr } = await box.expectExit(2, ["resume", "--strict"]);
    expect(stderr).toMatch(/make/);
    expect(box.trace()).toEqual([]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("of a finished run: run says so, and resume puts it back", async () => {
    const box = await stopped(shell);
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    rmSync(box.path("made"));
    box.clearTrace();
    const { stderr } = await box.expectExit(0, ["run"]);
    expect(stderr).toMatch(/missing, of: make\n.*resume/);
    expect(box.trace()).toEqual([]);
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["make"]);
    const again = await box.expectExit(0, ["resume"]);
    expect(again.stdout).toMatch(/nothing to resume/);
  });
});
