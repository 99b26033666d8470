import type { Difference } from "./differences.js";

/** What shows that a claim is false; thrown by what tries it. */
export class Counterexample extends Error {
  override readonly name = "Counterexample";
  /** Paths that are not as they should be. */
  readonly differences: readonly Difference[];
  /** What the script printed, its last lines. */
  readonly output: readonly string[];

  constructor(
    /** What is wrong, in one line. */
    readonly wrong: string,
    facts: { differences?: readonly Difference[]; output?: string } = {},
  ) {
    super(wrong);
    this.differences = facts.differences ?? [];
    this.output = lastLines(facts.output ?? "");
  }
}

/** Why a claim can be neither proven nor refuted; thrown by what tries it. */
export class Unproven extends Error {
  override readonly name = "Unproven";
}

const OUTPUT_LINES = 6;

function lastLines(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-OUTPUT_LINES);
}
