// What a person sees: on a terminal, off it, and with each flag.
import { describe, expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";
import {
  inEachShell,
  installerToml,
  type Result,
  Sandbox,
} from "./harness/index.js";

const TOML = installerToml({
  steps: [
    { id: "quick", name: "Quick one", run: "echo said-quick\n", checkpoint: {} },
    { id: "slow", name: "Slow one", run: "echo said-slow\nsleep 0.6\n", checkpoint: {} },
    { id: "bad", name: "Bad one", run: "echo said-bad\n[ -e ~/ready ]\n", checkpoint: {} },
  ],
});

// Tabs and newlines are the control characters of a plain line.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Runs it with a pseudo-terminal as its output; `script` is in Debian's base. */
async function onTerminal(
  box: Sandbox,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Result> {
  const words = [...box.shellCommand(), box.installSh, ...args];
  const line = words.map((word) => `'${word}'`).join(" ");
  const command = ["script", "-q", "-e", "-c", line, "/dev/null"];
  return box.startCommand(command, { env: { SHELL: "/bin/sh", ...env } }).result;
}

/** What is on the screen in the end: a carriage return starts a line anew. */
function visible(output: string): string {
  return output
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
    .split(/\r?\n/)
    .map((line) => line.split("\r").at(-1))
    .join("\n");
}

describe.runIf(findTool("script"))("on a terminal", () => {
  inEachShell("a run", (shell) => {
    it("shows a spinner, marks, durations and k/n", async () => {
      const box = Sandbox.create(shell, TOML);
      const { stdout, exit } = await onTerminal(box, []);
      expect(exit).toBe(1);
      const spins = stdout.split("\r").filter((part) => part.includes("Slow one"));
      expect(spins.length, "the running line is drawn again").toBeGreaterThan(2);
      expect(stdout).toMatch(/\x1b\[[0-9;]*m/);
      const screen = visible(stdout);
      for (const k of [1, 2, 3]) expect(screen).toContain(`${k}/3`);
      const slow = screen.split("\n").filter((line) => line.includes("Slow one"));
      expect(slow, "one line a step").toHaveLength(1);
      expect(slow[0]).toMatch(/\d+(\.\d+)?\s*m?s/);
      expect(screen, "a step's output goes to its log").not.toContain("said-slow");
      expect(screen, "but for a failed step's last lines").toContain("said-bad");
      expect(screen).toContain("resume");
    });

    it.each([
      ["--no-color", ["--no-color"], {}],
      ["NO_COLOR", [], { NO_COLOR: "1" }],
    ])("has no colours with %s", async (_, args, env) => {
      const box = Sandbox.create(shell, TOML);
      const { stdout } = await onTerminal(box, args, env as Record<string, string>);
      expect(stdout).not.toMatch(/\x1b\[[0-9;]*m/);
      expect(stdout).toContain("Slow one");
    });

    it("shows the cursor again that it hid", async () => {
      const box = Sandbox.create(shell, TOML);
      const { stdout } = await onTerminal(box, []);
      const hidden = stdout.lastIndexOf("\x1b[?25l");
      const shown = stdout.lastIndexOf("\x1b[?25h");
      expect(hidden).toBeLessThanOrEqual(shown);
    });
  });
});

async function plain(shell: Shell, ...args: string[]): Promise<Result> {
  const box = Sandbox.create(shell, TOML);
  return box.expectExit(1, args);
}

inEachShell("off a terminal", (shell) => {
  it("prints plain lines, without control characters", async () => {
    const { stdout, stderr } = await plain(shell);
    expect(stdout + stderr).not.toMatch(CONTROL);
    expect(stdout).toMatch(/1\/3.*quick/);
    expect(stdout).toMatch(/quick.*completed/);
    expect(stdout).not.toContain("said-quick");
    expect(stdout + stderr).toContain("said-bad");
    expect(stdout + stderr).toMatch(/bad.*failed|failed.*bad/);
    const last = (stdout + stderr).trimEnd().split("\n").at(-1);
    expect(last, "the last line tells the truth").not.toMatch(/completed/);
  });

  it("streams the steps' output with --verbose", async () => {
    const { stdout, stderr } = await plain(shell, "--verbose");
    expect(stdout + stderr).toContain("said-quick");
    expect(stdout + stderr).toContain("said-slow");
    expect(stdout + stderr).not.toMatch(CONTROL);
  });

  it("keeps the exit status of a step with --verbose", async () => {
    const box = Sandbox.create(shell, TOML);
    await box.expectExit(1, ["--verbose"]);
    expect((await box.status()).steps[2]).toMatchObject({ status: "failed", exit_code: 1 });
    expect(box.store().read("logs", "slow.1.log")).toContain("said-slow");
  });

  it("says only what failed with --quiet", async () => {
    const { stdout, stderr } = await plain(shell, "--quiet");
    expect(stdout).toBe("");
    expect(stderr).toMatch(/bad/);
    expect(stderr).not.toMatch(/quick/);
    const box = Sandbox.create(shell, TOML);
    box.write("ready", "");
    const good = await box.expectExit(0, ["--quiet"]);
    expect(good.stdout + good.stderr).toBe("");
  });

  it("prints an event a line with --json, and nothing else", async () => {
    const box = Sandbox.create(shell, TOML);
    const { stdout } = await box.expectExit(1, ["--json"]);
    const failed = events(stdout);
    const told = failed
      .filter(({ event }) => event !== "error")
      .map(({ event, step }) => (step ? `${event} ${step}` : event));
    expect(told).toEqual([
      "run_started",
      "step_started quick",
      "step_completed quick",
      "step_started slow",
      "step_completed slow",
      "step_started bad",
      "step_failed bad",
      "run_failed",
    ]);
    expect(failed[1]).toMatchObject({ ord: 1 });

    box.write("ready", "");
    const resumed = events((await box.expectExit(0, ["resume", "--json"])).stdout);
    const names = resumed.map((event) => event.event);
    expect(names[0]).toBe("run_started");
    expect(names.at(-1)).toBe("run_completed");
    const done = resumed.filter((event) => event.event === "step_completed");
    expect(done.map((event) => event.step)).toEqual(["bad"]);

    const undone = events((await box.expectExit(0, ["rollback", "--full", "--json"])).stdout);
    expect(undone[0]).toMatchObject({ event: "rollback_started" });
    expect(undone.at(-1)).toMatchObject({ event: "rollback_completed" });
    const back = undone.filter((event) => event.event === "step_rolled_back");
    expect(back.map((event) => event.step)).toEqual(["bad", "slow", "quick"]);
  });
});

interface Event {
  readonly event: string;
  readonly step?: string;
  readonly ord?: number;
}

function events(stdout: string): readonly Event[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}
