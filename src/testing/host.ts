import { setTimeout as sleep } from "node:timers/promises";
import { Counterexample } from "./counterexample.js";
import { compareTrees, type Varying } from "./differences.js";
import type { Ended, Running } from "./process.js";
import type { Root } from "./sandbox.js";
import type { Tree } from "./tree.js";
import { GATE } from "./variants.js";

/** What a call exits with that finds another one under way. */
export const LOCKED = 4;

/** What a process that was killed by SIGKILL exits with. */
const KILLED = 128 + 9;

/** How long what was told to end may take to be gone. */
const PATIENCE_MS = 3_000;

/** What the trial knows, and what it counts. */
export interface HostContext {
  readonly shell: readonly string[];
  /** The text of the installer's own script. */
  readonly script: string;
  readonly limitMs: number;
  readonly counts: Counts;
  /** Paths whose bytes nobody can judge. */
  varying(): Varying;
}

/** What was done, for the totals. */
export interface Counts {
  roots: number;
  calls: number;
  points: number;
  kills: number;
}

export interface CallOptions {
  /** Another script than the installer's own. */
  readonly script?: string;
  /** The number of the point at which the runtime kills itself. */
  readonly killAt?: number;
}

/** What `status --json` says, as far as claims ask for it. */
export interface Status {
  readonly run: { readonly status: string; readonly exit_code: number | null } | null;
  readonly steps: readonly {
    readonly id: string;
    readonly status: string;
    readonly exit_code: number | null;
    readonly duration_ms: number | null;
  }[];
}

/** A root with an installer on it, and what can be asked of the two. */
export class Host {
  /** Paths that could not be judged here. */
  readonly unjudged = new Set<string>();
  readonly #root: Root;
  readonly #context: HostContext;

  constructor(root: Root, context: HostContext) {
    this.#root = root;
    this.#context = context;
    context.counts.roots += 1;
  }

  /** Starts `install.sh ARGS`. */
  async start(args: readonly string[], options: CallOptions = {}): Promise<Running> {
    const { shell, script, counts } = this.#context;
    const file = await this.#root.install(options.script ?? script);
    counts.calls += 1;
    const { killAt } = options;
    const env = killAt === undefined ? undefined : { WAYMARK_KILL_AT: String(killAt) };
    const running = this.#root.start([...shell, file, ...args], env);
    // Whoever kills a script kills its group: nothing goes on behind it.
    running.endsWhole = killAt !== undefined;
    return running;
  }

  /** Runs it to its end; one that does not end is a counterexample. */
  async call(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return this.end(await this.start(args, options), args);
  }

  /** Waits for the end of what `start` started. */
  async end(running: Running, args: readonly string[]): Promise<Ended> {
    const ended = await running.result;
    if (ended.timedOut === undefined) return ended;
    const seconds = this.#context.limitMs / 1000;
    throw new Counterexample(`${args.join(" ")} did not end within ${seconds} s`, {
      output: running.output,
    });
  }

  /** Runs it, and asks for an exit code. */
  async expect(exit: number, args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return expectExit(await this.call(args, options), exit, args);
  }

  /** Runs it with a kill at a point; false where it ended before that. */
  async killedAt(point: number, args: readonly string[]): Promise<boolean> {
    const ended = await this.call(args, { killAt: point });
    if (ended.exit === KILLED) {
      this.#context.counts.points += 1;
      return true;
    }
    expectExit(ended, 0, args);
    return false;
  }

  /** Kills a script under way with all of its group; false where it was done. */
  async kill(running: Running): Promise<boolean> {
    running.endGroup();
    const { exit } = await running.result;
    if (exit === KILLED) this.#context.counts.kills += 1;
    return exit === KILLED;
  }

  /** `status --json`; none of it where that is no answer. */
  async status(options: CallOptions = {}): Promise<Status> {
    const args = ["status", "--json"];
    const ended = await this.expect(0, args, options);
    try {
      return JSON.parse(ended.stdout) as Status;
    } catch {
      throw new Counterexample("status --json prints no JSON", { output: ended.stdout });
    }
  }

  tree(): Promise<Tree> {
    return this.#root.tree();
  }

  /** Asks for a tree; `meaning` says which: "the tree from before". */
  async expectTree(expected: Tree, meaning: string, after: string): Promise<void> {
    const found = await this.#root.tree();
    const { differences, unjudged } = compareTrees(expected, found, this.#context.varying());
    for (const path of unjudged) this.unjudged.add(path);
    if (differences.length === 0) return;
    throw new Counterexample(`${after} does not give ${meaning}`, { differences });
  }

  /** Asks that nothing of this root runs any more. */
  async expectNoProcess(after: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    let left = await this.#root.processes();
    while (left.length > 0 && Date.now() < end) {
      await sleep(50);
      left = await this.#root.processes();
    }
    if (left.length === 0) return;
    throw new Counterexample(`${after} leaves a process behind: ${left[0]}`, {
      differences: left.map((line) => ({ path: `process: ${line}`, was: "absent", is: "running" })),
    });
  }

  /** Lets go what waits in the working folder of an installer. */
  async openGate(installer: string): Promise<void> {
    const gate = `${this.#root.store}/${installer}/work/${GATE}`;
    const { shell } = this.#context;
    const { result } = this.#root.start([...shell, "-c", ': >"$1"', "sh", gate]);
    expectExit(await result, 0, ["opening the gate"]);
  }
}

/** Asks for an exit code. */
export function expectExit(ended: Ended, exit: number, args: readonly string[]): Ended {
  if (ended.exit === exit) return ended;
  throw new Counterexample(`${args.join(" ")} exits ${ended.exit}, not ${exit}`, {
    output: ended.stdout + ended.stderr,
  });
}
