import type { Outcome, Trial } from "../trial.js";

export const CLAIM_NAMES = [
  "completes",
  "idempotent",
  "resumable",
  "reversible",
  "honest",
  "exclusive",
] as const;

export type ClaimName = (typeof CLAIM_NAMES)[number];

/** Something that is said of an installer, and how it is tried. */
export interface Claim {
  readonly name: ClaimName;
  /** What it says, in a line. */
  readonly says: string;
  /**
   * Tries it. Throws Unproven where nothing of it can be judged.
   * All but `completes` may ask the trial for its baseline.
   */
  prove(trial: Trial): Promise<Outcome>;
}
