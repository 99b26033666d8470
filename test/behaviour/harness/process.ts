import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";

/** How a script ended. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell reports it: 128+N for a death by signal N. */
  readonly exit: number;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is closed after it. */
  readonly input?: string | Buffer | undefined;
  /** The hard limit; a child that is still there is killed and it fails. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 90_000;
/** How long a dead script's background children may hold its output open. */
const DRAIN_MS = 1_500;

/** A script under way, the leader of its own process group. */
export class Running {
  readonly pid: number;
  /** Settles when the script itself has ended. */
  readonly result: Promise<Result>;
  /** There once the script itself has ended. */
  ended: Result | undefined;
  readonly #child: ChildProcess;
  readonly #chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };

  constructor(command: readonly string[], options: StartOptions) {
    const [file = "", ...args] = command;
    this.#child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.pid = this.#child.pid ?? 0;
    for (const stream of ["stdout", "stderr"] as const) {
      const pipe = this.#child[stream];
      pipe?.on("data", (chunk: Buffer) => this.#chunks[stream].push(chunk));
    }
    // A script that ends without reading its input breaks the pipe.
    this.#child.stdin?.on("error", () => {});
    this.#child.stdin?.end(options.input ?? "");
    this.result = this.#settle(command, options.limitMs ?? LIMIT_MS);
    // Whoever awaits it still sees the failure; nobody else need.
    this.result.catch(() => {});
  }

  /** The output so far. */
  get output(): string {
    const { stdout, stderr } = this.#chunks;
    return Buffer.concat([...stdout, ...stderr]).toString();
  }

  /** Signals the script's process alone. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Signals the script and all that it started in its process group. */
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

  #settle(command: readonly string[], limitMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.endGroup();
        const where = `still running after ${limitMs} ms`;
        reject(new Error(`${command.join(" ")}: ${where}\n${this.output}`));
      }, limitMs);
      this.#child.on("error", (error) => {
        clearTimeout(limit);
        reject(error);
      });
      this.#child.on("exit", (code, signal) => {
        clearTimeout(limit);
        const done = (): void => {
          clearTimeout(drain);
          this.ended = {
            stdout: Buffer.concat(this.#chunks.stdout).toString(),
            stderr: Buffer.concat(this.#chunks.stderr).toString(),
            exit: code ?? 128 + (signal ? constants.signals[signal] : 0),
          };
          resolve(this.ended);
        };
        const drain = setTimeout(done, DRAIN_MS);
        this.#child.on("close", done);
      });
    });
  }
}

/**
 * The processes that have `marker` in their environment: what a sandbox
 * started, directly or not, and wherever it went.
 */
export function processesWith(marker: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && hasMarker(pid, marker));
}

function hasMarker(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(marker);
  } catch {
    return false; // It ended meanwhile, or it is not ours.
  }
}

/** The command line of a process, for messages and for finding one. */
export function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (!existsSync(file)) return "";
  try {
    return readFileSync(file, "latin1").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}
