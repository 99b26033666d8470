import type { Draft, InstallerToml, StepToml } from "./schema.js";

/** A step as far as its shape is right, and where it stands in the file. */
export interface DraftStep {
  readonly step: Draft<StepToml>;
  readonly path: readonly ["step", number];
  /** Its id in a message, or its place in the list where it has none. */
  readonly label: string;
}

export function draftSteps(draft: Draft<InstallerToml>): DraftStep[] {
  const steps: DraftStep[] = [];
  draft.step?.forEach((step, index) => {
    if (step === undefined) return;
    const label = step.id ?? `number ${index + 1}`;
    steps.push({ step, path: ["step", index], label });
  });
  return steps;
}

/** Whether a shell would find nothing to do: blanks and comments alone. */
export function hasNoCommands(text: string): boolean {
  return text.split("\n").every((line) => /^\s*(?:#|$)/.test(line));
}
