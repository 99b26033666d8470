/** The parsed, validated installer.toml: every default filled in. */
export interface Spec {
  readonly installer: SpecInstaller;
  readonly steps: readonly SpecStep[];
}

export interface SpecInstaller {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly author?: string;
  readonly homepage?: string;
  readonly license?: string;
  /** The variables that every step gets; left out where there are none. */
  readonly environment?: readonly SpecVariable[];
}

/** A variable of an `environment` table. */
export interface SpecVariable {
  readonly name: string;
  /** Without one it is empty where nothing gives it a value. */
  readonly default?: string;
  /** Names in the caller's environment; the first that is not empty counts. */
  readonly from: readonly string[];
  readonly required: boolean;
  /** A POSIX extended regular expression for the whole value, or `semver`. */
  readonly validate?: string;
  readonly secret: boolean;
}

export type Action = "script" | "verify";

export interface SpecStep {
  readonly id: string;
  readonly name: string;
  readonly action: Action;
  readonly dependsOn: readonly string[];
  /** There exactly when the action is `script`. */
  readonly script?: SpecScript;
  /** A `[step.checkpoint]` table with `enabled = false` is like none. */
  readonly checkpoint?: SpecCheckpoint;
  readonly verification: readonly SpecVerification[];
  /** Variables of this step alone; left out where there are none. */
  readonly environment?: readonly SpecVariable[];
  /** Names of the values that it hands on; left out where there are none. */
  readonly exports?: readonly string[];
}

export interface SpecScript {
  /** The author's text, from `content` or from the file; ends in one newline. */
  readonly text: string;
  /** Command words: `["sh"]`, `["python3"]`, `["/usr/bin/env", "python3"]`. */
  readonly interpreter: readonly string[];
  readonly errexit: boolean;
}

export interface SpecCheckpoint {
  /** The author's undo commands, as POSIX sh; ends in one newline. */
  readonly rollback?: string;
  /** Unresolved: `~` and `$HOME` at the head are the host's to resolve. */
  readonly stateFiles: readonly string[];
  readonly atomic: boolean;
  /** Whether pre-images are taken of the state files. */
  readonly snapshot: boolean;
  readonly irreversible: boolean;
}

export interface SpecVerification {
  readonly cmd: string;
  /** The combined output contains it; without it, exit 0 is asked. */
  readonly expect?: string;
}
