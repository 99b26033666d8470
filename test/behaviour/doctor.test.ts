// One report of the store, the files beside it and the state files.
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import { diffTrees, inEachShell, installerToml, pause, recordTree, Sandbox } from "./harness/index.js";

const TOML = installerToml({
  steps: [
    {
      id: "one",
      run: "echo 1 >~/one\necho more >>~/config\n",
      checkpoint: { rollback: ":\n", state_files: ["~/one", "~/config"] },
    },
    { id: "two", run: "echo 2 >~/two\n", checkpoint: { state_files: ["~/two"] } },
  ],
});

interface Finding {
  readonly event: string;
  readonly level?: string;
  readonly what?: string;
  readonly would?: string;
}

async function installed(shell: Shell): Promise<Sandbox> {
  const box = Sandbox.create(shell, TOML);
  box.write("config", "mine\n");
  await box.expectExit(0);
  return box;
}

/** What is not in order, as "WHAT: WOULD". */
async function findings(box: Sandbox, exit: number): Promise<string[]> {
  const before = recordTree(box.store().dir);
  const { stdout } = await box.expectExit(exit, ["doctor", "--json"]);
  expect(diffTrees(before, recordTree(box.store().dir)), "changes nothing").toEqual([]);
  const events: Finding[] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const bad = events.filter(({ level }) => level === "finding");
  expect(events.at(-1)).toMatchObject({ event: "doctor", findings: bad.length, exit_code: exit });
  return bad.map(({ what, would }) => `${what}: ${would}`);
}

inEachShell("doctor", (shell) => {
  it("finds nothing where nothing is, and exits 0", async () => {
    const none = Sandbox.create(shell, TOML);
    expect((await none.expectExit(0, ["doctor"])).stdout).toMatch(/not installed/);
    const box = await installed(shell);
    expect(await findings(box, 0)).toEqual([]);
    const { stdout } = await box.expectExit(0, ["doctor"]);
    expect(stdout).toMatch(/ok .*(checkpoint\.db|journal)[^]*install\.sh[^]*\/config is as it was left/);
  });

  it("names each file that is missing or changed, and what would be done", async () => {
    const box = await installed(shell);
    const store = box.store();
    rmSync(store.path("rollback", "one.sh"));
    writeFileSync(store.path("state", "two.json"), "{}\n");
    appendFileSync(store.path("install.sh"), "# more\n");
    rmSync(store.path("backup", "one", "1", "2"));
    box.write("config", "edited\n");
    rmSync(box.path("two"));
    mkdirSync(store.path(".tmp.0999999999"));
    const found = (await findings(box, 1)).join("\n");
    expect(found).toMatch(/^rollback\/one\.sh is missing: .*again$/m);
    expect(found).toMatch(/^state\/two\.json was changed: .*again$/m);
    expect(found).toMatch(/^install\.sh was changed/m);
    expect(found).toMatch(/^backup\/one\/1\/2, a pre-image, is missing: .*\/config$/m);
    expect(found).toMatch(/^\S*\/config was changed since: .*kept/m);
    expect(found).toMatch(/^\S*\/two is missing: resume runs its step again$/m);
    expect(found).toMatch(/^\.tmp\.0999999999 was left/m);
    expect(found.split("\n")).toHaveLength(7);
  });

  it("says that a run was killed, and that one is under way", async () => {
    const steps = [{ id: "slow", run: pause("slow"), checkpoint: { atomic: true, state_files: ["~/x"] } }];
    const box = Sandbox.create(shell, installerToml({ steps }));
    const run = box.start();
    await box.reached("slow");
    expect((await box.expectExit(0, ["doctor"])).stdout).toMatch(/under way/);
    run.signalGroup("SIGKILL");
    await run.result;
    run.endGroup();
    const found = await box.expectExit(1, ["doctor"]);
    expect(found.stdout).toMatch(/killed[^]*resume/);
  });
});
