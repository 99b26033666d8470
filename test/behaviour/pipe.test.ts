// `curl … | sh`: the script on standard input.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import {
  diffTrees,
  expectExit,
  inEachShell,
  installerToml,
  needs,
  Sandbox,
  statuses,
  trace,
} from "./harness/index.js";

const TOML = installerToml({
  steps: [
    {
      id: "greedy",
      run: `${trace("greedy")}cat >~/stdin\n`,
      checkpoint: { rollback: "rm ~/stdin" },
    },
    {
      id: "more",
      run: `${trace("more")}read -r line || :\n${needs("ready")}`,
      checkpoint: {},
    },
    { id: "end", run: trace("end"), checkpoint: {} },
  ],
});

/** `cat install.sh | sh -s -- ARGS`, in a piece or slowly in many. */
async function piped(box: Sandbox, args: readonly string[] = [], slow = false) {
  const [shell, ...words] = box.shellCommand();
  const flags = args.length > 0 ? ["-s", "--", ...args] : [];
  if (!slow) {
    const input = box.script();
    return box.startCommand([shell, ...words, ...flags], { input }).result;
  }
  const slowly =
    'script=$1; shift; { dd bs=4000 count=1; sleep 0.2; cat; } 2>/dev/null <"$script" | "$@"';
  const command = ["/bin/sh", "-c", slowly, "sh", box.installSh, shell];
  return box.startCommand([...command, ...words, ...flags]).result;
}

function sandbox(shell: Shell): Sandbox {
  return Sandbox.create(shell, TOML);
}

inEachShell("a script from a pipe", (shell) => {
  it("runs, and its steps do not eat it", async () => {
    const box = sandbox(shell);
    box.write("ready", "");
    expectExit(await piped(box), 0);
    expect(box.trace()).toEqual(["greedy", "more", "end"]);
    expect(box.read("stdin")).toBe("");
    expect(box.processes()).toEqual([]);
  });

  it("runs also where it arrives slowly", async () => {
    const box = sandbox(shell);
    box.write("ready", "");
    expectExit(await piped(box, [], true), 0);
    expect(box.trace()).toEqual(["greedy", "more", "end"]);
  });

  it("takes verbs and flags after `-s --`, and passes exit codes", async () => {
    const box = sandbox(shell);
    const dir = join(box.root, "a dir");
    const flags = ["--checkpoint-dir", dir];
    expectExit(await piped(box, ["run", ...flags]), 1);
    const status = await piped(box, ["status", "--json", ...flags]);
    expectExit(status, 0);
    expect(JSON.parse(status.stdout).dir).toBe(join(dir, "demo"));
    expectExit(await piped(box, ["frobnicate"]), 2);
    box.write("ready", "");
    expectExit(await piped(box, ["resume", ...flags]), 0);
    expect(box.trace()).toEqual(["greedy", "more", "more", "end"]);
  });

  it("leaves a copy that resumes and rolls back without the pipe", async () => {
    const box = sandbox(shell);
    const before = box.tree();
    expectExit(await piped(box), 1);
    rmSync(box.installSh);
    const copy = box.store().path("install.sh");
    const call = (...args: string[]) =>
      box.startCommand([...box.shellCommand(), copy, ...args]).result;
    box.write("ready", "");
    expectExit(await call("resume"), 0);
    const status = await call("status", "--json");
    expect(statuses(JSON.parse(status.stdout))).toMatchObject({ end: "completed" });
    expectExit(await call("rollback", "--full"), 0);
    rmSync(box.path("ready"));
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("keeps the same copy as the file does", async () => {
    const box = sandbox(shell);
    expectExit(await piped(box), 1);
    const fromPipe = box.store().read("install.sh");
    await box.expectExit(1, ["resume"]);
    expect(box.store().read("install.sh")).toBe(fromPipe);
  });

  it("shows help, version and plan, and leaves nothing", async () => {
    const box = sandbox(shell);
    const before = box.wholeTree();
    for (const verb of ["help", "version", "plan"]) {
      const result = await piped(box, [verb]);
      expectExit(result, 0, verb);
      expect(result.stdout.trim()).not.toBe("");
    }
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });
});
