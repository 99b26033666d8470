import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./find-program.js";
import { commandOf, processesWith, Running } from "./process.js";
import { removeTree } from "./remove.js";
import { SandboxError, type Root, type Sandbox, type SandboxOptions } from "./sandbox.js";
import { recordTree, type Tree } from "./tree.js";

/** Where the store is, below the home: no part of what an installer does. */
const STORE = ".local/share/waymark/checkpoints";

/**
 * The kind that needs nothing: a temporary HOME with its own XDG folders and
 * TMPDIR, an empty folder to stand in and hardly any environment. What a step
 * does elsewhere on this machine, it does for real, and nobody looks there.
 */
export class HomeSandbox implements Sandbox {
  readonly kind = "home";
  readonly mayLackNetwork: boolean;
  readonly #folder: string;
  readonly #options: SandboxOptions;
  readonly #roots = new Set<HomeRoot>();
  #count = 0;
  #keeps = false;

  /** Throws a SandboxError where the shell is not on this machine. */
  constructor(options: SandboxOptions) {
    this.mayLackNetwork = !options.network;
    const [program = "", ...rest] = options.shell;
    const shell = findProgram(program);
    if (shell === undefined) {
      throw new SandboxError(`there is no shell ${program} here`, "name one that is, with --shell CMD");
    }
    this.#options = { ...options, shell: [shell, ...rest] };
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), "waymark-test-")));
    this.#linkSh();
  }

  // What a script hands over to `sh` stays in the shell that is asked for.
  #linkSh(): void {
    const bin = join(this.#folder, "bin");
    mkdirSync(bin);
    const words = this.#options.shell.join(" ");
    writeFileSync(join(bin, "sh"), `#!/bin/sh\nexec ${words} \${1+"$@"}\n`, { mode: 0o755 });
  }

  async root(): Promise<Root> {
    this.#count += 1;
    // All of one length: what is made of the path has one length too.
    const name = String(this.#count).padStart(6, "0");
    const root = new HomeRoot(join(this.#folder, name), this.#folder, this.#options, (kept) => {
      this.#roots.delete(root);
      this.#keeps ||= kept;
    });
    this.#roots.add(root);
    return root;
  }

  async close(): Promise<void> {
    for (const root of [...this.#roots]) await root.dispose(false);
    if (!this.#keeps) removeTree(this.#folder);
  }
}

class HomeRoot implements Root {
  readonly place: string;
  readonly store: string;
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<Running>();

  constructor(
    place: string,
    private readonly shared: string,
    private readonly options: SandboxOptions,
    private readonly disposed: (kept: boolean) => void,
  ) {
    this.place = place;
    this.#home = join(place, "home");
    mkdirSync(place);
    for (const name of ["tmp", "run", "stand"]) mkdirSync(join(place, name), { mode: 0o700 });
    if (options.home === undefined) mkdirSync(this.#home);
    else cpSync(options.home, this.#home, { recursive: true, verbatimSymlinks: true });
    // The store is always there once a run began: it makes no difference.
    this.store = join(this.#home, STORE);
    mkdirSync(this.store, { recursive: true });
    chmodSync(this.store, 0o700);
    this.#env = {
      ...rootEnvironment(this.#home),
      TMPDIR: join(place, "tmp"),
      XDG_RUNTIME_DIR: join(place, "run"),
      PATH: `${join(shared, "bin")}:${process.env["PATH"] ?? ""}`,
      ...options.env,
      [MARK]: place,
    };
  }

  async install(script: string): Promise<string> {
    const name = createHash("sha256").update(script).digest("hex").slice(0, 16);
    const file = join(this.shared, `${name}.install.sh`);
    if (!existsSync(file)) writeFileSync(file, script, { mode: 0o755 });
    return file;
  }

  start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    this.options.signal.throwIfAborted();
    const running = new Running(command, {
      cwd: join(this.place, "stand"),
      env: { ...this.#env, ...env },
      limitMs: this.options.limitMs,
      signal: this.options.signal,
    });
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.result.then(forget, forget);
    return running;
  }

  async tree(): Promise<Tree> {
    return recordTree(this.#home, { without: [STORE], unnamed: this.place });
  }

  async processes(): Promise<readonly string[]> {
    return this.#pids().map(commandOf).filter((line) => line !== "");
  }

  #pids(): readonly number[] {
    return processesWith(`${MARK}=${this.place}`);
  }

  async dispose(keep: boolean): Promise<void> {
    for (const running of this.#running) running.endGroup();
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
    if (!keep) removeTree(this.place);
    this.disposed(keep);
  }
}

/** Tells the processes of one root from all others. */
const MARK = "WAYMARK_TEST_ROOT";

/** What a person's session has, whatever this one's holds. */
export function rootEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_CACHE_HOME: join(home, ".cache"),
    LANG: "C.UTF-8",
    TERM: "dumb",
  };
}
