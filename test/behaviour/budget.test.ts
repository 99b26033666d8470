// The budget of DESIGN.md, section 8, in what can be counted: off a terminal a
// step without state files forks nothing but itself, one sqlite3 serves a run,
// and an emitted script with one step is under 64 KB.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";
import { compileToml, inEachShellWithSqlite, installerToml, Sandbox } from "./harness/index.js";

// A container may have strace and still forbid it.
const traces =
  findTool("strace") !== undefined && spawnSync("strace", ["-f", "true"]).status === 0;
const why = traces ? "" : " (skipped: no strace here)";

interface Count {
  readonly forks: number;
  /** The files of the programs that were started. */
  readonly programs: readonly string[];
}

/** Runs an installer of `steps` trivial checkpointed steps under strace. */
async function count(shell: Shell, steps: number): Promise<Count> {
  const toml = installerToml({
    steps: Array.from({ length: steps }, (_, i) => ({
      id: `step-${i}`,
      run: ":\n",
      checkpoint: { rollback: ":" },
    })),
  });
  const box = Sandbox.create(shell, toml);
  const log = join(box.root, "strace");
  const calls = "trace=clone,clone3,fork,vfork,execve";
  const under = ["strace", "-f", "-qq", "-e", calls, "-e", "signal=none", "-o", log];
  await box.expectExit(0, [], { under });
  const lines = readFileSync(log, "utf8").split("\n");
  return {
    // A call that another process interrupts ends in a line of its own.
    forks: lines.filter((line) => /\b(clone3?|v?fork)(\(| resumed>).*= \d+$/.test(line))
      .length,
    programs: lines.flatMap((line) => {
      const call = /\bexecve\("([^"]+)".*?(= 0|<unfinished \.\.\.>)$/.exec(line);
      return call?.[1] ? [call[1]] : [];
    }),
  };
}

/** These have no `printf` of their own, and start a program for it. */
const WITHOUT_PRINTF = ["mksh"];

describe.runIf(traces)(`processes${why}`, () => {
  inEachShellWithSqlite("a run", (shell) => {
    it("forks once a step, starts no program for it, and one sqlite3", async () => {
      const few = await count(shell, 20);
      const many = await count(shell, 40);
      const extra = many.programs.length - few.programs.length;
      if (!WITHOUT_PRINTF.includes(shell.key)) {
        expect(many.forks - few.forks).toBe(20);
        expect(extra).toBe(0);
      }
      for (const { programs } of [few, many]) {
        const sqlite = programs.filter((file) => file.endsWith("/sqlite3"));
        expect(sqlite).toHaveLength(1);
      }
    });
  });
});

/** The size in bytes of a script whose one step uses all that a step can. */
function sizeOfOneStep(): number {
  const step = {
    id: "only",
    run: ":\n",
    checkpoint: { rollback: ":", state_files: ["~/file"], atomic: true },
    verify: [{ cmd: "true", expect: "" }],
  };
  return Buffer.byteLength(compileToml(installerToml({ steps: [step] })));
}

it("an emitted script with one step does not grow past 130 KB", () => {
  expect(sizeOfOneStep()).toBeLessThan(130 * 1024);
});

// The budget, which is not met yet: this says so on the day that it is.
it.fails("an emitted script with one step is under 64 KB", () => {
  expect(sizeOfOneStep()).toBeLessThan(64 * 1024);
});
