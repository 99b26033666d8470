// plan, help, version, logs and status: looking changes nothing.
import { expect, it } from "vitest";
import { diffTrees, inEachShell, installerToml, needs, Sandbox } from "./harness/index.js";

const TOML = installerToml({
  description: "A demonstration",
  steps: [
    { id: "zeta", name: "Zeta comes first", run: "echo zeta said\n", checkpoint: {} },
    {
      id: "alpha",
      name: "Alpha needs zeta",
      depends_on: ["zeta"],
      run: `echo alpha said\n${needs("ready")}`,
      checkpoint: {},
    },
    { id: "late", name: "Late", run: ":\n" },
  ],
});

const EXIT_CODES = [0, 1, 2, 3, 4, 5, 6, 7, 8];

inEachShell("looking", (shell) => {
  it("`plan` and `run --dry-run` say what would run, in order", async () => {
    const box = Sandbox.create(shell, TOML);
    const before = box.wholeTree();
    const { stdout } = await box.expectExit(0, ["plan"]);
    const at = ["zeta", "alpha", "late"].map((id) => stdout.indexOf(id));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBeGreaterThanOrEqual(0);
    expect((await box.expectExit(0, ["run", "--dry-run"])).stdout).toBe(stdout);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("`plan` knows what is settled", async () => {
    const box = Sandbox.create(shell, TOML);
    const fresh = (await box.expectExit(0, ["plan"])).stdout;
    await box.expectExit(1);
    const before = await box.status();
    const { stdout } = await box.expectExit(0, ["plan"]);
    expect(stdout).not.toBe(fresh);
    expect(await box.status()).toEqual(before);
  });

  it("`help` and --help show the verbs and the exit codes", async () => {
    const box = Sandbox.create(shell, TOML);
    const before = box.wholeTree();
    const { stdout } = await box.expectExit(0, ["help"]);
    const verbs = "run resume rollback status plan verify logs help version";
    for (const verb of verbs.split(" ")) expect(stdout).toContain(verb);
    for (const flag of ["--checkpoint-dir", "--json", "--from", "--to", "--full"]) {
      expect(stdout).toContain(flag);
    }
    for (const code of EXIT_CODES) {
      expect(stdout).toMatch(new RegExp(`(^|  )${code} +[a-z]`, "m"));
    }
    expect((await box.expectExit(0, ["--help"])).stdout).toBe(stdout);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("`version` and --version name the installer and its version", async () => {
    const box = Sandbox.create(shell, TOML);
    const { stdout } = await box.expectExit(0, ["version"]);
    expect(stdout).toMatch(/demo.*1\.0\.0/);
    expect((await box.expectExit(0, ["--version"])).stdout).toBe(stdout);
  });

  it("`status` before any run says that there is none", async () => {
    const box = Sandbox.create(shell, TOML);
    const before = box.wholeTree();
    const { stdout } = await box.expectExit(0, ["status"]);
    expect(stdout.trim()).not.toBe("");
    const status = await box.status();
    expect(status.run).toBeNull();
    expect(status.steps.map((step) => step.status)).toEqual([
      "pending",
      "pending",
      "pending",
    ]);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("`logs STEP` prints the log of its last attempt", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(1);
    expect((await box.expectExit(0, ["logs", "zeta"])).stdout).toContain("zeta said");
    const { stdout } = await box.expectExit(0, ["logs", "alpha"]);
    expect(stdout).toContain("alpha said");
    expect(stdout).toContain("no ready");
    expect((await box.expectExit(0, ["logs"])).stdout).toContain("alpha said");
  });

  it("the verbs take their flags in any order", async () => {
    const box = Sandbox.create(shell, TOML);
    box.write("ready", "");
    await box.expectExit(0, ["--quiet", "run", "--no-color", "--yes"]);
    const { stdout } = await box.expectExit(0, ["--json", "status"]);
    expect(JSON.parse(stdout).installer).toBe("demo");
  });
});
