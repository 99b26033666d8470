// G5: what a person edited after a step is kept and named before anything
// overwrites or removes it.
import { chmodSync, rmSync } from "node:fs";
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  needs,
  recordTree,
  Sandbox,
  trace,
} from "./harness/index.js";

const TOML = installerToml({
  steps: [
    {
      id: "config",
      run: `${trace("config")}mkdir -p ~/app\necho new >~/app/config\n`,
      checkpoint: { state_files: ["~/app"], rollback: "rm -rf ~/app" },
    },
    { id: "end", run: needs("ready") },
  ],
});

/** The bytes of every regular file below the step's conflict folder. */
function kept(box: Sandbox): readonly string[] {
  const dir = ["backup", "config", "conflict"];
  if (!box.store().exists(...dir)) return [];
  const root = box.store().path(...dir);
  return [...recordTree(root).entries()]
    .filter(([, entry]) => entry.startsWith("file"))
    .map(([path]) => box.store().read(...dir, path));
}

async function installed(box: Sandbox): Promise<void> {
  box.write("ready", "");
  await box.expectExit(0);
}

inEachShell("a state file that a person edited", (shell) => {
  it("is kept and named by a rollback", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    const clean = box.tree();
    box.write("app/config", "my own settings\n");
    box.write("app/notes", "my notes\n");
    const { stdout, stderr } = await box.expectExit(0, ["rollback", "--full"]);
    expect(stdout + stderr).toContain(box.store().path("backup", "config", "conflict"));
    expect(kept(box)).toEqual(
      expect.arrayContaining(["my own settings\n", "my notes\n"]),
    );
    expect(box.exists("app")).toBe(false);
    expect(clean.has("app")).toBe(true);
  });

  it("is not called a conflict where nobody edited it", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(kept(box)).toEqual([]);
  });

  it("is kept by a resume --from that runs its step again", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    box.write("app/config", "my own settings\n");
    const { stdout, stderr } = await box.expectExit(0, ["resume", "--from", "config"]);
    expect(stdout + stderr).toContain("conflict");
    expect(kept(box)).toContain("my own settings\n");
    expect(box.read("app/config")).toBe("new\n");
  });

  it("is kept by a run --fresh", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    box.write("app/config", "my own settings\n");
    await box.expectExit(0, ["run", "--fresh"]);
    expect(kept(box)).toContain("my own settings\n");
  });

  it("is left alone where its step does not run again", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(1);
    box.write("app/config", "my own settings\n");
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["config"]);
    expect(box.read("app/config")).toBe("my own settings\n");
  });

  it("is kept a second time beside the first", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    box.write("app/config", "first edit\n");
    await box.expectExit(0, ["resume", "--from", "config"]);
    box.write("app/config", "second edit\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(kept(box)).toEqual(
      expect.arrayContaining(["first edit\n", "second edit\n"]),
    );
  });

  it("is not told of what an attempt of a newer version did before it failed", async () => {
    const box = Sandbox.create(shell, TOML);
    await installed(box);
    const failing = `echo half >~/app/config\n${needs("later")}`;
    const checkpoint = { state_files: ["~/app"] };
    box.useToml(installerToml({ version: "2.0.0", steps: [{ id: "config", run: failing, checkpoint }] }));
    await box.expectExit(1);
    box.write("later", "");
    const { stdout, stderr } = await box.expectExit(0, ["resume"]);
    expect(stdout + stderr).not.toMatch(/conflict/);
    expect(kept(box)).toEqual([]);
  });

  it("whose mode alone changed, or that is gone, stops nothing", async () => {
    const box = Sandbox.create(shell, TOML);
    const before = box.tree();
    await box.expectExit(0, ["plan"]);
    await installed(box);
    chmodSync(box.path("app/config"), 0o600);
    await box.expectExit(0, ["rollback", "--full"]);
    await box.expectExit(0);
    rmSync(box.path("app"), { recursive: true });
    await box.expectExit(0, ["rollback", "--full"]);
    rmSync(box.path("ready"));
    expect(diffTrees(before, box.tree())).toEqual([]);
  });
});
