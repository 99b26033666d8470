import { type Ended, Running as Process } from "../../../src/testing/process.js";

export { commandOf, processesWith } from "../../../src/testing/process.js";

/** How a script ended. */
export type Result = Pick<Ended, "stdout" | "stderr" | "exit">;

export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is closed after it. */
  readonly input?: string | Buffer | undefined;
  /** The hard limit; a child that is still there is killed and it fails. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 90_000;

/** A script under way, the leader of its own process group. */
export class Running extends Process {
  readonly #what: string;

  constructor(command: readonly string[], options: StartOptions) {
    const { cwd, env, input = "", limitMs = LIMIT_MS } = options;
    super(command, { cwd, env, input, limitMs });
    this.#what = `${command.join(" ")}: still running after ${limitMs} ms`;
  }

  protected override overtime(): Ended {
    throw new Error(`${this.#what}\n${this.output}`);
  }
}
