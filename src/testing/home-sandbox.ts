import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillHome } from "./fill-home.js";
import { commandOf, killAll, processesWith, Running } from "./process.js";
import { findProgram, linkPrograms, linkSh } from "./programs.js";
import { removeTree } from "./remove.js";
import {
  DEFAULTS,
  MARK,
  SandboxError,
  sessionEnvironment,
  STORE,
  type Root,
  type Sandbox,
  type SandboxOptions,
} from "./sandbox.js";
import { writeScript } from "./scripts.js";
import { recordTree, type Tree } from "./tree.js";

/**
 * The kind that needs nothing: a temporary HOME with its own XDG folders and
 * TMPDIR, an empty folder to stand in and hardly any environment. What a step
 * does elsewhere on this machine, it does for real, and nobody looks there.
 */
export class HomeSandbox implements Sandbox {
  readonly kind = "home";
  readonly mayLackNetwork: boolean;
  readonly store: "sqlite" | "journal";
  readonly #folder: string;
  readonly #path: string;
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
      throw new SandboxError(`there is no shell ${program} here`, "name one with --shell CMD");
    }
    this.#options = options;
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), "waymark-prove-")));
    const [bin, programs] = [join(this.#folder, "bin"), join(this.#folder, "programs")];
    // What a script hands over to `sh` stays in the shell that is asked for.
    linkSh(bin, [shell, ...rest]);
    const path = options.env["PATH"] ?? process.env["PATH"] ?? "";
    if (options.store === "journal") linkPrograms(programs, path, ["sqlite3"]);
    this.#path = `${bin}:${options.store === "journal" ? programs : path}`;
    this.store = findProgram("sqlite3", this.#path) === undefined ? "journal" : "sqlite";
  }

  async root(): Promise<Root> {
    this.#count += 1;
    // All of one length: what is made of the path has one length too.
    const name = String(this.#count).padStart(6, "0");
    const root = new HomeRoot(this.#folder, name, this.#path, this.#options, (kept) => {
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
    private readonly shared: string,
    name: string,
    path: string,
    private readonly options: SandboxOptions,
    private readonly disposed: (kept: boolean) => void,
  ) {
    this.place = join(shared, name);
    this.#home = join(this.place, "home");
    mkdirSync(this.place);
    for (const made of ["tmp", "run", "stand"]) mkdirSync(join(this.place, made), { mode: 0o700 });
    fillHome(this.#home, options.home);
    this.store = join(this.#home, STORE);
    this.#env = {
      ...DEFAULTS,
      ...options.env,
      ...sessionEnvironment(this.#home),
      TMPDIR: join(this.place, "tmp"),
      XDG_RUNTIME_DIR: join(this.place, "run"),
      PATH: path,
      [MARK]: this.place,
    };
  }

  async install(script: string): Promise<string> {
    return join(this.shared, writeScript(this.shared, script));
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
    killAll(() => this.#pids());
    if (!keep) removeTree(this.place);
    this.disposed(keep);
  }
}
