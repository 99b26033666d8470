// G4: what a killed rollback left running is ended before its undo is done
// again: never two of one step at once.
import { expect, it } from "vitest";
import { tried } from "../harness/fault-counts.js";
import { inEachShell, installerToml, pause, Sandbox, trace } from "../harness/index.js";

const TOML = installerToml({
  steps: [
    {
      id: "slow",
      run: ": >~/slow\n",
      checkpoint: {
        rollback: `${trace("begin")}[ -e "$TEST_SANDBOX/at-undo" ] && exit 0
${pause("undo")}${trace("late")}`,
      },
    },
  ],
});

inEachShell("a rollback whose script alone is killed in an undo", (shell) => {
  it("leaves nothing that goes on beside the next rollback", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(0);
    const rollback = box.start(["rollback"]);
    await box.reached("undo");
    rollback.signal("SIGKILL");
    await rollback.result;
    await box.expectExit(0, ["rollback"]);
    tried("kill-undo-script", shell);
    expect(box.processes()).toEqual([]);
    expect(box.trace()).toEqual(["begin", "begin"]);
  });
});
