import type { SpecRequirements } from "../requirements.js";
import type { SpecInstaller, SpecStep } from "../2-validate/spec.js";

/** The spec in execution order, with all that the emitted script needs. */
export interface Plan {
  readonly installer: SpecInstaller;
  /** What is asked of the host; no part of a fingerprint. */
  readonly requirements?: SpecRequirements;
  /** Hex sha256 of the installer.toml's text. */
  readonly sourceSha256: string;
  /** 32 hex digits over the version and all steps' fingerprints. */
  readonly fingerprint: string;
  readonly steps: readonly PlanStep[];
}

export interface PlanStep extends SpecStep {
  /** From 1, in execution order. */
  readonly ordinal: number;
  /**
   * The id as the tail of a shell function name: letters, digits and `_`,
   * unique among the plan's steps (`a-b` and `a.b` differ by a suffix).
   */
  readonly symbol: string;
  /**
   * 32 hex digits over what the step does: action, script, interpreter,
   * errexit, state files, atomic, snapshot, verification, conditions and
   * depends_on;
   * not its name and not its rollback.
   */
  readonly fingerprint: string;
}
