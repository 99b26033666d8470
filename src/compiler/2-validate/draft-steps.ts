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

/** The interpreter's words; `sh` where none is named. */
export function interpreterWords(interpreter: string | undefined): string[] {
  return (interpreter ?? "sh").split(/\s+/).filter((word) => word !== "");
}

/** The name of the program that runs, also behind `/usr/bin/env`. */
export function programOf(words: readonly string[]): string {
  const names = words.map((word) => word.slice(word.lastIndexOf("/") + 1));
  if (names[0] !== "env") return names[0] ?? "";
  return names.slice(1).find((name) => !/^-|=/.test(name)) ?? "env";
}

const SHELLS = new Set(["sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "yash", "zsh", "busybox"]);

export function isShell(words: readonly string[]): boolean {
  return SHELLS.has(programOf(words));
}
