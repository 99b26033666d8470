import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";

/** How a process ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell reports it: 128+N for a death by signal N. */
  readonly exit: number;
  /** There where it was still running when its time was over, and was killed. */
  readonly timedOut?: true;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is closed after it; none is /dev/null. */
  readonly input?: string | Buffer | undefined;
  /** When it is over, all of the process group is killed. */
  readonly limitMs: number;
  /** Kills all of the process group. */
  readonly signal?: AbortSignal;
}

/** How long a dead process's children may hold its output open. */
const DRAIN_MS = 1_500;

/** A process under way, the leader of a session and group of its own. */
export class Running {
  readonly pid: number;
  /** Settles when the process itself has ended; rejects where none started. */
  readonly result: Promise<Ended>;
  /** Ends the rest of the group as soon as the process itself has ended. */
  endsWhole = false;
  /** There once it has ended. */
  ended: Ended | undefined;
  readonly #child: ChildProcess;
  readonly #chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };

  constructor(command: readonly string[], options: StartOptions) {
    const [file = "", ...args] = command;
    const { cwd, env, input, limitMs } = options;
    this.#child = spawn(file, args, {
      cwd,
      env: { ...env },
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    this.pid = this.#child.pid ?? 0;
    for (const stream of ["stdout", "stderr"] as const) {
      this.#child[stream]?.on("data", (chunk: Buffer) => this.#chunks[stream].push(chunk));
    }
    // A process that ends without reading its input breaks the pipe.
    this.#child.stdin?.on("error", () => {});
    this.#child.stdin?.end(input);
    this.result = this.#settle(limitMs);
    const stop = (): void => this.endGroup();
    options.signal?.addEventListener("abort", stop);
    this.#child.on("exit", () => options.signal?.removeEventListener("abort", stop));
    // Whoever awaits it still sees the failure; nobody else need.
    this.result.catch(() => {});
  }

  /** Standard output so far, then standard error. */
  get output(): string {
    return this.#text("stdout") + this.#text("stderr");
  }

  /** Signals the process alone. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Signals the process and all of its group. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Ends what is left of the group; nothing left is fine. */
  endGroup(): void {
    if (this.pid === 0) return;
    try {
      this.signalGroup("SIGKILL");
    } catch {
      // No process of the group is left.
    }
  }

  /** Waits until standard output holds a text; false where it ended without. */
  waitFor(text: string): Promise<boolean> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#text("stdout").includes(text);
        if (!found && this.ended === undefined) return;
        this.#child.stdout?.off("data", look);
        resolve(found);
      };
      this.#child.stdout?.on("data", look);
      this.result.then(look, look);
      look();
    });
  }

  /** What came of a process that was killed at its limit, or why that is an error. */
  protected overtime(ended: Ended): Ended {
    return ended;
  }

  #text(stream: "stdout" | "stderr"): string {
    return Buffer.concat(this.#chunks[stream]).toString();
  }

  #settle(limitMs: number): Promise<Ended> {
    return new Promise((resolve, reject) => {
      let timedOut: true | undefined;
      const limit = setTimeout(() => {
        timedOut = true;
        this.endGroup();
      }, limitMs);
      this.#child.on("error", (error) => {
        clearTimeout(limit);
        reject(error);
      });
      this.#child.on("exit", (code, signal) => {
        clearTimeout(limit);
        if (this.endsWhole) this.endGroup();
        const done = (): void => {
          clearTimeout(drain);
          const ended = {
            stdout: this.#text("stdout"),
            stderr: this.#text("stderr"),
            exit: code ?? 128 + (signal ? constants.signals[signal] : 0),
            ...(timedOut ? { timedOut } : {}),
          };
          this.ended = ended;
          try {
            resolve(timedOut ? this.overtime(ended) : ended);
          } catch (error) {
            reject(error);
          }
        };
        const drain = setTimeout(done, DRAIN_MS);
        this.#child.on("close", done);
      });
    });
  }
}

/**
 * The processes that have `marker` in their environment: what a sandbox
 * started, directly or not, and wherever it went. None where there is no
 * /proc.
 */
export function processesWith(marker: string): readonly number[] {
  const names = listOf("/proc").filter((name) => /^\d+$/.test(name));
  return names.map(Number).filter((pid) => pid !== process.pid && has(pid, marker));
}

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function has(pid: number, marker: string): boolean {
  try {
    // Whole: the marker of one sandbox can be the beginning of another's.
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${marker}\0`);
  } catch {
    return false; // It ended meanwhile, or it is not ours.
  }
}

/** The command line of a process, for messages and for finding one. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}

/** Kills processes until no more are found: each can start another meanwhile. */
export function killAll(find: () => readonly number[]): void {
  for (let tries = 0; tries < 20; tries++) {
    const pids = find();
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
  }
}
