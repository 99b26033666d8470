// Calls of `waymark test`, and what they say.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { CLAIM_NAMES } from "../../../src/testing/claims/claim.js";
import { projectRoot } from "./compile.js";
import { type Result, Running } from "./process.js";
import { expectExit } from "./sandbox.js";

/** A claim as `--json` tells of it. */
export interface Told {
  readonly claim: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly counts: Record<string, number>;
  readonly counterexamples: readonly {
    readonly wrong: string;
    readonly differences: readonly { readonly path: string }[];
    readonly kept?: string;
  }[];
}

/** For a call with few kills on a loaded machine. */
export const LIMIT_MS = 120_000;

/** A folder for the length of the running test. */
export function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "waymark-testing-")));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Starts `waymark test`, with what it makes below `tmp`. */
export function start(
  args: readonly string[],
  { tmp = folder(), limitMs = LIMIT_MS } = {},
): Running {
  const command = [process.execPath, join(projectRoot, "dist", "cli.js"), "test", ...args];
  const env = { PATH: process.env.PATH ?? "", HOME: tmp, TMPDIR: tmp };
  return new Running(command, { cwd: projectRoot, env, limitMs });
}

/** Runs `waymark test --json`; each claim by its name. */
export async function claims(
  exit: number,
  args: readonly string[],
  limitMs = LIMIT_MS,
): Promise<Map<string, Told>> {
  const result = await start(["--json", ...args], { limitMs }).result;
  expectExit(result, exit, `waymark test ${args.join(" ")}`);
  const lines = linesOf(result).filter((line) => "claim" in line) as unknown as Told[];
  return new Map(lines.map((line) => [line.claim, line]));
}

/** The objects that `--json` printed. */
export function linesOf({ stdout }: Result): Record<string, unknown>[] {
  return stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** `{ claim: verdict }`, with all that was said of what is not proven. */
export function verdicts(of: Map<string, Told>): Record<string, unknown> {
  return Object.fromEntries(
    [...of].map(([claim, told]) => {
      const { verdict, reasons, counterexamples } = told;
      return [claim, verdict === "proven" ? verdict : { verdict, reasons, counterexamples }];
    }),
  );
}

/** `verdicts` of an installer that is right. */
export const PROVEN = Object.fromEntries(CLAIM_NAMES.map((name) => [name, "proven"]));
