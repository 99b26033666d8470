import type { Running } from "./process.js";
import type { Tree } from "./tree.js";

/** A kind of throw-away host, and what all its roots have in common. */
export interface Sandbox {
  /** "home", "bwrap", "podman" */
  readonly kind: string;
  /** Whether what fails in it can be for want of a network. */
  readonly mayLackNetwork: boolean;
  /** How records are kept in it, for want or not of sqlite3. */
  readonly store: "sqlite" | "journal";
  /** A new root, as a host is before anything is installed. */
  root(): Promise<Root>;
  /** Ends all that runs in it and removes all of its roots but kept ones. */
  close(): Promise<void>;
}

/** One throw-away host. */
export interface Root {
  /** For a person who looks into a kept one. */
  readonly place: string;
  /** The folder of all checkpoint directories, by its path in this root. */
  readonly store: string;
  /** Lays a script down; the path that it has in this root. */
  install(script: string): Promise<string>;
  /** Starts a command as a person of this host would. */
  start(command: readonly string[], env?: Readonly<Record<string, string>>): Running;
  /** All that is there, without waymark's own store. */
  tree(): Promise<Tree>;
  /** The command lines of what still runs here. */
  processes(): Promise<readonly string[]>;
  /** Ends what runs here; removes it unless it is to be kept. */
  dispose(keep: boolean): Promise<void>;
}

/** What every kind is made with. */
export interface SandboxOptions {
  /** The shell's command words: `["busybox", "ash"]`. It is the host's `sh`. */
  readonly shell: readonly string[];
  /** Whether the host has sqlite3; without it, the runtime keeps a journal. */
  readonly store: "sqlite" | "journal";
  /** Passed in, beside the few variables that a root has of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder whose copy each home begins as; none is an empty home. */
  readonly home?: string | undefined;
  /** Whether what an installer needs of the network is there. */
  readonly network: boolean;
  /** For each process, in milliseconds. */
  readonly limitMs: number;
  /** Ends all that is under way; nothing starts after it. */
  readonly signal: AbortSignal;
}

/** A sandbox that cannot be made here: what is missing, and what to do. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** Where the store is, below a home: no part of what an installer does. */
export const STORE = ".local/share/waymark/checkpoints";

/** The variable that tells the processes of one root from all others. */
export const MARK = "WAYMARK_TEST_ROOT";

/** Where a person of this home keeps things. */
export function sessionEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_DATA_HOME: `${home}/.local/share`,
    XDG_CONFIG_HOME: `${home}/.config`,
    XDG_STATE_HOME: `${home}/.local/state`,
    XDG_CACHE_HOME: `${home}/.cache`,
  };
}

/** What else it has, where nobody says otherwise. */
export const DEFAULTS = { LANG: "C.UTF-8", TERM: "dumb" };
