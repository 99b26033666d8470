import type { CheckedScript } from "../compiler/5-check/checked-script.js";
import { Counterexample, Unproven } from "./counterexample.js";
import type { Varying } from "./differences.js";
import { expectExit, Host, type Counts, type HostContext } from "./host.js";
import { everyPoint, somePoints, type AtPoint } from "./points.js";
import { randomOf } from "./random.js";
import type { Root, Sandbox } from "./sandbox.js";
import type { Tree } from "./tree.js";
import { truncated } from "./variants.js";

/** What the uninterrupted installation does: all else is held against it. */
export interface Baseline {
  readonly before: Tree;
  readonly after: Tree;
  readonly varying: Varying;
  /** Milliseconds of each step that runs, by id: its condition may skip one. */
  readonly durations: ReadonlyMap<string, number>;
}

export interface TrialOptions {
  readonly sandbox: Sandbox;
  readonly shell: readonly string[];
  readonly limitMs: number;
  /** How many roots are in use at once. */
  readonly jobs: number;
  /** How many kills at random instants. */
  readonly kills: number;
  /** How many kill points of each call; undefined is all of them. */
  readonly points: number | undefined;
  readonly seed: number;
  /** Whether the roots of counterexamples stay. */
  readonly keep: boolean;
  /** Ends it all: what is under way is killed. */
  readonly signal: AbortSignal;
  /** Is told whenever an experiment is over. */
  readonly progress: (done: number) => void;
}

/** One try of a claim, on a root of its own. */
export interface Experiment {
  /** What is done, as a person would say it: "run, killed at point 3, resume". */
  readonly title: string;
  run(host: Host): Promise<void>;
}

/** A counterexample, and what was done to find it. */
export interface Finding {
  readonly title: string;
  readonly counterexample: Counterexample;
  /** Where its root is, if it was kept. */
  readonly kept: string | undefined;
}

/** What all experiments of a claim gave. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** Why some of it could not be judged. */
  readonly reasons: readonly string[];
  readonly tried: number;
}

/** After so many counterexamples nobody needs more of them. */
const ENOUGH = 3;

/** One installer in one shell and sandbox. */
export class Trial {
  readonly installer: CheckedScript;
  readonly options: TrialOptions;
  readonly counts: Counts = { roots: 0, calls: 0, points: 0, kills: 0 };
  #baseline: Baseline | undefined;
  readonly #trees = new Map<number, Promise<Tree>>();
  readonly #context: HostContext;

  constructor(installer: CheckedScript, options: TrialOptions) {
    this.installer = installer;
    this.options = options;
    this.#context = {
      shell: options.shell,
      script: installer.text,
      limitMs: options.limitMs,
      counts: this.counts,
      varying: () => this.#baseline?.varying ?? new Map(),
    };
  }

  /** Set by the claim that is tried first. */
  get baseline(): Baseline {
    if (this.#baseline === undefined) throw new Error("asked for before it was made");
    return this.#baseline;
  }

  set baseline(baseline: Baseline) {
    this.#baseline = baseline;
  }

  /** The tree right after the first `count` steps, of a run that ends there. */
  treeAfter(count: number): Promise<Tree> {
    const { before, after } = this.baseline;
    const { plan } = this.installer;
    if (count === 0) return Promise.resolve(before);
    if (count === plan.steps.length) return Promise.resolve(after);
    let tree = this.#trees.get(count);
    if (tree === undefined) {
      tree = this.#recordAfter(count);
      this.#trees.set(count, tree);
    }
    return tree;
  }

  async #recordAfter(count: number): Promise<Tree> {
    const { plan } = this.installer;
    const root = await this.options.sandbox.root();
    try {
      const host = new Host(root, this.#context);
      const script = truncated(plan, count);
      expectExit(await host.call(["run"], { script }), 0, ["run"]);
      return await host.tree();
    } catch (error) {
      if (!(error instanceof Counterexample)) throw error;
      const id = plan.steps[count - 1]?.id;
      throw new Unproven(`the tree after ${id} is not known: a run that ends there fails`);
    } finally {
      await root.dispose(false);
    }
  }

  /**
   * Runs experiments, some at a time, each on a fresh root. It stops early
   * where there are enough counterexamples.
   */
  async all(experiments: Iterable<Experiment>): Promise<Outcome> {
    const findings: (Finding & { index: number })[] = [];
    const reasons = new Set<string>();
    const queue = experiments[Symbol.iterator]();
    let tried = 0;
    const work = async (): Promise<void> => {
      while (findings.length < ENOUGH) {
        this.options.signal.throwIfAborted();
        const { value: experiment, done } = queue.next();
        if (done === true) return;
        const index = tried++;
        const finding = await this.#one(experiment, reasons);
        if (finding !== undefined) findings.push({ ...finding, index });
        this.options.progress(tried);
      }
    };
    const workers = Array.from({ length: this.options.jobs }, work);
    const failed = (await Promise.allSettled(workers)).find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    findings.sort((a, b) => a.index - b.index);
    return { findings, reasons: [...reasons], tried };
  }

  /** The experiments of the kill points of a call, all or some of them. */
  points(at: AtPoint): Iterable<Experiment> {
    const { points, seed } = this.options;
    return points === undefined ? everyPoint(at) : somePoints(points, randomOf(seed), at);
  }

  async #one(experiment: Experiment, reasons: Set<string>): Promise<Finding | undefined> {
    const root = await this.options.sandbox.root();
    const host = new Host(root, this.#context);
    try {
      await experiment.run(host);
      await root.dispose(false);
      for (const path of host.unjudged) reasons.add(varies(path));
      return undefined;
    } catch (error) {
      return await this.#found(error, experiment.title, root, reasons);
    }
  }

  async #found(
    error: unknown,
    title: string,
    root: Root,
    reasons: Set<string>,
  ): Promise<Finding | undefined> {
    // What was killed on the way out proves nothing.
    this.options.signal.throwIfAborted();
    const keep = this.options.keep && error instanceof Counterexample;
    await root.dispose(keep);
    if (error instanceof Counterexample) {
      return { title, counterexample: error, kept: keep ? root.place : undefined };
    }
    if (!(error instanceof Unproven)) throw error;
    reasons.add(error.message);
    return undefined;
  }
}

function varies(path: string): string {
  return `${path} differs from one uninterrupted run to the next`;
}
