// waymark installed by its own output: the packed package of this repository
// with its production dependencies, on a temporary home, without a network.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  diffTrees,
  exampleFolder,
  exampleToml,
  expectExit,
  inEachShell,
  projectRoot,
  Sandbox,
} from "./harness/index.js";

const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
const staging = mkdtempSync(join(tmpdir(), "waymark-package-"));
let tarball = "";

beforeAll(() => {
  const pack = join(exampleFolder("waymark"), "pack.sh");
  const out = execFileSync("sh", [pack], { cwd: staging, encoding: "utf8" });
  tarball = join(staging, out.trim());
}, 120_000);

afterAll(() => rmSync(staging, { recursive: true, force: true }));

function sandbox(...of: Parameters<typeof Sandbox.create>): Sandbox {
  const box = Sandbox.create(...of);
  box.extendPath(dirname(process.execPath));
  return box;
}

it("the example installs the version of this repository", () => {
  const toml = exampleToml("waymark");
  expect(toml).toContain(`\nversion = "${version}"\n`);
  expect(toml).toContain(`expect = "${version}"`);
  expect(toml).toContain(`waymark-${version}.tgz`);
  expect(tarball).toMatch(new RegExp(`/waymark-${version}\\.tgz$`));
});

inEachShell("examples/waymark", (shell) => {
  it("is killed, resumed, used and rolled back", async () => {
    const box = sandbox(shell, exampleToml("waymark"));
    copyFileSync(tarball, join(box.stand, `waymark-${version}.tgz`));
    const before = box.tree();
    box.holdProgram("tar", "*waymark.tgz");
    const run = box.start();
    await box.reached("tar");
    run.signalGroup("SIGKILL");
    await run.result;
    // The package is in work/ by now: a resume does not ask for it again.
    rmSync(join(box.stand, `waymark-${version}.tgz`));
    box.go();
    await box.expectExit(0, ["resume"]);

    const waymark = box.path(".local/bin/waymark");
    const told = await box.startCommand([waymark, "--version"]).result;
    expectExit(told, 0);
    expect(told.stdout).toContain(version);
    const hello = exampleFolder("hello");
    const compiled = await box.startCommand([waymark, "compile", hello, "-o", "-"]).result;
    expectExit(compiled, 0);
    expect(compiled.stdout).toMatch(/^#!\/bin\/sh\n/);

    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("replaces an earlier install, and gives it back", async () => {
    const box = sandbox(shell, exampleToml("waymark"));
    box.write(".local/lib/waymark/old", "an earlier version\n", 0o640);
    box.write(".local/bin/waymark", "#!/bin/sh\necho 0.0.1\n", 0o755);
    const before = box.tree();
    const env = { WAYMARK_TARBALL: tarball };
    await box.expectExit(0, [], { env });
    expect(box.exists(".local/lib/waymark/old")).toBe(false);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("says where it looked for the package", async () => {
    const box = sandbox(shell, exampleToml("waymark"));
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toContain(join(box.stand, `waymark-${version}.tgz`));
  });
});
