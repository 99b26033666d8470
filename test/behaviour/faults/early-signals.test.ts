// G8: a signal before the lock is held: nothing was done, nothing is undone,
// and the exit code is 128+N, not that of a truncated or a faulty script.
import { expect, it } from "vitest";
import { constants } from "node:os";
import { tried } from "../harness/fault-counts.js";
import { diffTrees, inEachShell, Sandbox } from "../harness/index.js";
import { subjectToml } from "./subject.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const PLACES = [
  ["while the loader unpacks", "sha256sum"],
  ["while the store is opened", "sqlite3"],
] as const;

const QUIT_IGNORED = ["bash", "bash-posix", "busybox", "zsh"];

inEachShell("a signal before the lock is held", (shell) => {
  for (const [place, program] of PLACES) {
    it.each(SIGNALS)(
      `${place}, %s: 128+N, and nothing was done`,
      async (name) => {
        const box = Sandbox.create(shell, subjectToml());
        const before = box.tree();
        box.holdProgram(program, "*");
        const run = box.start([], { limitMs: 20_000 });
        await box.reached(program);
        run.signalGroup(name);
        // A shell that ignores QUIT goes on, as if it had not been sent.
        const late = setTimeout(() => box.go(), 200);
        const { exit, stderr } = await run.result;
        clearTimeout(late);
        tried("signal-early", shell);
        if (name === "SIGQUIT" && QUIT_IGNORED.includes(shell.key)) return;
        expect(diffTrees(before, box.tree())).toEqual([]);
        expect(box.trace()).toEqual([]);
        expect(stderr).not.toMatch(/truncated|fault of/);
        expect(exit).toBe(128 + constants.signals[name]);
      },
    );
  }
});
