import { join } from "node:path";
import type { Holder } from "./holder.js";
import { recordLayers, type LayeredView } from "./layers.js";
import { commandOf, killAll, processesWith, Running } from "./process.js";
import {
  DEFAULTS,
  MARK,
  sessionEnvironment,
  STORE,
  type Root,
  type SandboxOptions,
} from "./sandbox.js";
import { writeScript } from "./scripts.js";
import type { Tree } from "./tree.js";

/** The home of whoever installs, in roots that have a file system of their own. */
export const HOME = "/home/waymark";
/** Where the folder that all roots share is seen in each of them. */
export const SHARED = "/waymark";
/** Where a person stands there. */
export const STAND = "/tmp/stand";

/** What a root of this kind is made of. */
export interface NamespaceParts {
  readonly place: string;
  /** The folder that all roots share, as it is seen from outside. */
  readonly shared: string;
  readonly path: string;
  readonly holder: Holder;
  readonly view: LayeredView;
  readonly options: SandboxOptions;
  /** Removes what is left of it on this machine. */
  readonly remove: (keep: boolean) => void;
}

/**
 * A root in namespaces that one process holds open: all of its calls see the
 * same mounts and processes, so a second one meets the lock of the first, and
 * a rollback the daemon of a run.
 */
export class NamespaceRoot implements Root {
  readonly place: string;
  readonly store = join(HOME, STORE);
  readonly #parts: NamespaceParts;
  readonly #running = new Set<Running>();

  constructor(parts: NamespaceParts) {
    this.#parts = parts;
    this.place = parts.place;
  }

  async install(script: string): Promise<string> {
    return join(SHARED, writeScript(this.#parts.shared, script));
  }

  start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const { holder, options, path } = this.#parts;
    options.signal.throwIfAborted();
    const enter = enterNamespaces(holder.pid);
    // The folder is entered inside: outside it is another one.
    const words = [...enter, "/bin/sh", "-c", `cd ${STAND} && exec "$@"`, "sh", ...command];
    const running = new Running(words, {
      cwd: "/",
      env: {
        ...DEFAULTS,
        ...options.env,
        ...sessionEnvironment(HOME),
        TMPDIR: "/tmp",
        XDG_RUNTIME_DIR: "/run",
        PATH: path,
        [MARK]: this.place,
        ...env,
      },
      limitMs: options.limitMs,
      signal: options.signal,
    });
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.result.then(forget, forget);
    return running;
  }

  async tree(): Promise<Tree> {
    return recordLayers(this.#parts.view);
  }

  async processes(): Promise<readonly string[]> {
    return this.#pids().map(commandOf).filter((line) => line !== "");
  }

  #pids(): readonly number[] {
    return processesWith(`${MARK}=${this.place}`);
  }

  async dispose(keep: boolean): Promise<void> {
    for (const running of this.#running) running.endGroup();
    killAll(() => this.#pids());
    await this.#parts.holder.stop();
    this.#parts.remove(keep);
  }
}

/** Command words that run what follows in the namespaces of a process. */
export function enterNamespaces(pid: number): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"];
  const kinds = ["--mount", "--pid", "--net", "--ipc", "--uts"];
  return ["nsenter", "--target", String(pid), ...user, ...kinds, "--"];
}
