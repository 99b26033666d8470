import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Diagnostic, Place } from "../../src/index.js";
import { filesBeside } from "./corpus.js";

/** A place as a worker sends it: the text of the installer.toml is left out. */
export type SentPlace = Omit<Place, "text"> & { readonly text: string | undefined };

export interface SentDiagnostic extends Omit<Diagnostic, "place" | "related"> {
  readonly place?: SentPlace | undefined;
  readonly related: readonly { readonly message: string; readonly place: SentPlace }[];
}

/** What the compiler says of a text, and how it looks on a terminal. */
export interface Told {
  /** How many there are; the first some hundred are here. */
  readonly count: number;
  readonly diagnostics: readonly SentDiagnostic[];
  readonly shown: string;
  /** Whether in colour it is the same text. */
  readonly sameInColor: boolean;
}

/** How a compilation ended. */
export type Reply =
  | ({ readonly end: "accepted" | "refused" } & Told)
  | { readonly end: "crashed"; readonly stack: string }
  | { readonly end: "died"; readonly how: string }
  | { readonly end: "hung" };

/** Far beyond what a case takes on a busy machine: only a hang reaches it. */
const LIMIT_MS = 60_000;

export interface WorkerOptions {
  /** The module that is run instead of the compiler. */
  readonly module?: string;
  readonly limitMs?: number;
  readonly path?: string;
}

/**
 * A process that compiles one text at a time in a folder of its own. It is
 * killed, with all that it started, where it gives no answer; not even a
 * compiler that never comes back from a loop can keep that from happening.
 */
export class CompileWorker {
  readonly folder: string;
  /** Where it makes its temporary folders. */
  readonly temporary: string;
  readonly #options: WorkerOptions;
  #child: ChildProcess | undefined;
  #errors = "";

  constructor(folder: string, options: WorkerOptions = {}) {
    this.folder = folder;
    this.temporary = join(folder, "tmp");
    this.#options = options;
    for (const [name, bytes] of filesBeside) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    mkdirSync(this.temporary, { recursive: true });
  }

  /** Compiles a text; where it is accepted, its script is at `output`. */
  compile(toml: Buffer, output: string): Promise<Reply> {
    const child = (this.#child ??= this.#start());
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        clearTimeout(limit);
        child.off("message", settle);
        child.off("exit", onExit);
        resolve(reply);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        this.#child = undefined;
        settle({ end: "died", how: `${signal ?? `exit ${code}`}\n${this.#errors.slice(0, 2000)}` });
      };
      const limit = setTimeout(() => {
        this.stop();
        settle({ end: "hung" });
      }, this.#options.limitMs ?? LIMIT_MS);
      child.on("message", settle);
      child.on("exit", onExit);
      child.send({ toml, output });
    });
  }

  /** What is left in its temporary folder, which should be nothing. */
  leftOver(): string[] {
    return existsSync(this.temporary) ? readdirSync(this.temporary) : [];
  }

  /** Kills the process and what it started; the next call starts another. */
  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  #start(): ChildProcess {
    const module = this.#options.module ?? join(import.meta.dirname, "worker.mjs");
    const child = fork(module, [], {
      cwd: this.folder,
      env: {
        PATH: this.#options.path ?? process.env["PATH"],
        HOME: this.folder,
        TMPDIR: this.temporary,
        LANG: "C.UTF-8",
      },
      // A process group of its own, and little memory: a leak ends soon.
      detached: true,
      execArgv: ["--max-old-space-size=1024"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#errors = "";
    child.stderr?.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    return child;
  }
}

/** The text that the compiler reads in these bytes, or undefined where none. */
export function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
