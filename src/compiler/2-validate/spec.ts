import type { SpecRequirements } from "../requirements.js";
import type { Condition } from "./conditions.js";

/** The parsed, validated installer.toml: every default filled in. */
export interface Spec {
  readonly installer: SpecInstaller;
  /** What is asked of the host; not there where nothing is. */
  readonly requirements?: SpecRequirements;
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

export type Action = "script" | "verify" | FileAction["action"];

export interface SpecStep {
  readonly id: string;
  readonly name: string;
  readonly action: Action;
  readonly dependsOn: readonly string[];
  /** There exactly when the action is `script`. */
  readonly script?: SpecScript;
  /** There exactly when the action is one of its kinds. */
  readonly file?: FileAction;
  /**
   * A `[step.checkpoint]` table with `enabled = false` is like none; a step
   * with a `file` has one in any case, since it knows how to undo itself.
   */
  readonly checkpoint?: SpecCheckpoint;
  readonly verification: readonly SpecVerification[];
  /** Commands that decide whether the step runs; no text ends in a newline. */
  readonly when?: string;
  readonly unless?: string;
  /** There where they are not empty. */
  readonly preconditions?: readonly Condition[];
  readonly postconditions?: readonly Condition[];
  /** There where the step has a timeout or more than one try. */
  readonly timing?: SpecTiming;
  /** There where a failure does more than stop the run. */
  readonly onFailure?: SpecOnFailure;
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

/** What a step does to one path of the host, and undoes by itself. */
export type FileAction =
  | (FilePlace & { readonly action: "file-write"; readonly content: string } & FileLooks)
  | (FilePlace & { readonly action: "directory" } & FileLooks)
  | (FilePlace & { readonly action: "symlink"; readonly target: string })
  | (FilePlace & { readonly action: "line-in-file"; readonly line: string })
  | (FilePlace & {
      readonly action: "block-in-file";
      /** Ends in one newline. */
      readonly content: string;
      /** What begins a comment line in such a file. */
      readonly comment: string;
    });

interface FilePlace {
  /** Unresolved: `~` and `$HOME` at the head are the host's to resolve. */
  readonly path: string;
}

interface FileLooks {
  /** Four octal digits; without it, what is there keeps its mode. */
  readonly mode?: string;
  /** `USER` or `USER:GROUP`. */
  readonly owner?: string;
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

export interface SpecTiming {
  readonly timeout?: { readonly seconds: number; readonly text: string };
  /** Seconds before each further try: one try more than these. */
  readonly delays: readonly number[];
  /** Percent by which a delay is longer or shorter, by chance. */
  readonly jitter: number;
}

export interface SpecOnFailure {
  /** `retry` is `stop` here: its tries are in the timing. */
  readonly action: "stop" | "continue" | "abort";
  /** Words for people, shown when the step fails. */
  readonly message?: string;
  /** Whether the state files are copied as the failure left them, before an undo. */
  readonly keep: boolean;
}

export interface SpecVerification {
  readonly cmd: string;
  /** The combined output contains it; without it, exit 0 is asked. */
  readonly expect?: string;
}
