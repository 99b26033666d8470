// A clock that jumps back, between calls and during one: order comes from what
// was recorded after what, never from the time of day.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../../setup/tools.js";
import { tried } from "../harness/fault-counts.js";
import { diffTrees, inEachShellWithSqlite, installerToml, needs, Sandbox, statuses, trace, type Tree } from "../harness/index.js";

const IDS = ["one", "two", "three", "four"] as const;

/** Each step turns the clock to where a test says, if it does. */
const TOML = installerToml({
  steps: IDS.map((id) => ({
    id,
    run: `${trace(id)}: >~/${id}\n[ ! -e "$TEST_SANDBOX/clock-${id}" ] || cp "$TEST_SANDBOX/clock-${id}" "$TEST_SANDBOX/clock"\n${id === "three" ? needs("ready") : ""}`,
    checkpoint: { rollback: `${trace(`undo-${id}`)}rm ~/${id}`, state_files: [`~/${id}`] },
  })),
});

const REVERSE = [...IDS].reverse().map((id) => `undo-${id}`);

/** faketime works here: what it starts sees another day. */
const canFake =
  findTool("faketime") !== undefined &&
  spawnSync("faketime", ["-f", "-400d", "date", "+%Y"], { encoding: "utf8" }).stdout.trim() <
    String(new Date().getUTCFullYear());

/** What is listed and what is undone is in the order of what was done. */
async function expectOrder(box: Sandbox, before: Tree): Promise<void> {
  const { stdout } = await box.expectExit(0, ["resume", "--list"]);
  const at = IDS.map((id) => stdout.indexOf(id));
  expect([...at].sort((a, b) => a - b)).toEqual(at);
  for (const step of (await box.status()).steps) expect(step.duration_ms).toBeGreaterThanOrEqual(0);
  box.clearTrace();
  await box.expectExit(0, ["rollback"]);
  await box.expectExit(0, ["rollback", "--to", "one"]);
  await box.expectExit(0, ["rollback", "--full"]);
  expect(box.trace()).toEqual(REVERSE);
  expect(diffTrees(before, box.tree())).toEqual([]);
}

describe.runIf(canFake)(`a clock that jumps${canFake ? "" : " (skipped: no faketime here)"}`, () => {
  inEachShellWithSqlite("as sqlite3 sees it", (shell) => {
    /** A sandbox whose store's clock is what `set` says, at each look. */
    function withClock(): { box: Sandbox; set: (offset: string, at?: string) => void } {
      const box = Sandbox.create(shell, TOML);
      const clock = box.signalFile("clock");
      box.program(
        "sqlite3",
        `#!/bin/sh
export FAKETIME_TIMESTAMP_FILE='${clock}' FAKETIME_NO_CACHE=1
exec faketime -f "$(cat '${clock}')" env -u FAKETIME ${findTool("sqlite3")} "$@"
`,
      );
      return { box, set: (offset, at) => writeFileSync(at ? `${clock}-${at}` : clock, `${offset}\n`) };
    }

    it("back between calls", async () => {
      const { box, set } = withClock();
      const before = box.tree();
      set("+40d");
      await box.expectExit(1);
      set("-40d");
      box.write("ready", "");
      await box.expectExit(0, ["resume"]);
      expect(box.trace()).toEqual(["one", "two", "three", "three", "four"]);
      const started = (await box.status()).steps.map((step) => String(step.started_at));
      expect((started[1] ?? "") > (started[2] ?? ""), `the clock went back: ${started.join()}`).toBe(true);
      await box.startCommand(["rm", box.path("ready")]).result;
      await expectOrder(box, before);
      tried("clock", shell);
    });

    it("back during a step, and during a rollback", async () => {
      const { box, set } = withClock();
      const before = box.tree();
      box.write("ready", "");
      set("+40d");
      set("-40d", "two");
      set("+1d", "three");
      await box.expectExit(0);
      expect(statuses(await box.status())).toEqual(Object.fromEntries(IDS.map((id) => [id, "completed"])));
      const started = (await box.status()).steps.map((step) => String(step.started_at));
      expect((started[1] ?? "") > (started[2] ?? ""), `the clock went back: ${started.join()}`).toBe(true);
      await box.startCommand(["rm", box.path("ready")]).result;
      await expectOrder(box, before);
      tried("clock", shell);
    });
  });
});

inEachShellWithSqlite("a store whose times are all in the future", (shell) => {
  it("resumes and rolls back in the order of what was done", async () => {
    const box = Sandbox.create(shell, TOML);
    const before = box.tree();
    await box.expectExit(1);
    box.store().sql(
      "UPDATE installer_runs SET started_at='2199-01-01T00:00:00.000Z';" +
        "UPDATE step_checkpoints SET started_at='2199-01-0'||(9-ord)||'T00:00:00.000Z',started_ms=started_ms+9000000000 WHERE attempt>0",
    );
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["one", "two", "three", "three", "four"]);
    await box.startCommand(["rm", box.path("ready")]).result;
    await expectOrder(box, before);
    tried("clock", shell);
  });
});
