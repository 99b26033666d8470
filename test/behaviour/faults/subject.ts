// The installer that the fault tests break, and what must hold after it.
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { Shell } from "../../setup/shells.js";
import { integrityOf } from "../harness/database.js";
import {
  diffTrees,
  installerToml,
  type Result,
  Sandbox,
  type Status,
  trace,
  type Tree,
  waitUntil,
} from "../harness/index.js";

/** Shell text that fails a step for as long as `Subject.break(id)` holds. */
function breaks(id: string): string {
  return `[ ! -e "$TEST_SANDBOX/break-${id}" ]\n`;
}

/**
 * Three steps: one that can be run twice; one that cannot, but is atomic;
 * and one that another reads. `between` is put between their commands.
 */
export function subjectToml(between = ""): string {
  return installerToml({
    steps: [
      {
        id: "first",
        run: `${trace("first")}${between}echo 1 >~/first\n${between}`,
        checkpoint: { rollback: "rm -f ~/first" },
      },
      {
        id: "middle",
        run: `${trace("middle")}mkdir ~/made\n${between}echo 2 >>~/config\n${between}${breaks("middle")}`,
        checkpoint: {
          atomic: true,
          rollback: `${between}rm -rf ~/made`,
          state_files: ["~/config"],
        },
      },
      {
        id: "last",
        run: `${trace("last")}${between}cat ~/config >~/last\nchmod 600 ~/last\n${breaks("last")}`,
        checkpoint: { state_files: ["~/last"] },
      },
    ],
  });
}

/** A sandbox with that installer, and the trees that its calls must end in. */
export class Subject {
  readonly #saved = new Map<string, string>();

  private constructor(
    readonly box: Sandbox,
    /** The home before the installer, and so after `rollback --full`. */
    readonly before: Tree,
    /** The home after a run that nothing interrupted. */
    readonly after: Tree,
    /** How long that run took, to choose instants in it. */
    readonly tookMs: number,
  ) {}

  /** Runs it once without a fault, and rolls it back. */
  static async create(shell: Shell, toml = subjectToml()): Promise<Subject> {
    const box = Sandbox.create(shell, toml);
    box.write("config", "mine\n", 0o640);
    const before = box.tree();
    const start = performance.now();
    await box.expectExit(0);
    const subject = new Subject(box, before, box.tree(), performance.now() - start);
    expect(diffTrees(before, subject.after)).not.toEqual([]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    subject.forget();
    return subject;
  }

  /** Lets a step fail at its end; `mend` lets it succeed again. */
  break(id: "middle" | "last"): void {
    writeFileSync(this.box.signalFile(`break-${id}`), "");
  }

  mend(): void {
    for (const id of ["middle", "last"]) rmSync(this.box.signalFile(`break-${id}`), { force: true });
  }

  /** Removes the store and the trace of a home that is as before. */
  forget(): void {
    rmSync(this.box.path(".local", "share", "waymark"), { recursive: true, force: true });
    this.box.clearTrace();
  }

  /** Keeps the home with its store, for `restore`. */
  save(name: string): void {
    const copy = this.box.signalFile(`saved-${name}`);
    execFileSync("cp", ["-a", this.box.home, copy]);
    this.#saved.set(name, copy);
  }

  restore(name: string): void {
    const copy = this.#saved.get(name);
    if (!copy) throw new Error(`nothing saved as ${name}`);
    rmSync(this.box.home, { recursive: true });
    execFileSync("cp", ["-a", copy, this.box.home]);
    this.box.clearTrace();
  }

  /** Runs a call that ends itself by SIGKILL at its Nth point. */
  killedAt(point: number, args: readonly string[] = []): Promise<Result> {
    return this.box.run(args, { env: { WAYMARK_KILL_AT: String(point) } });
  }

  /** Waits until no process of a killed call writes any more. */
  async quiet(): Promise<void> {
    await waitUntil("the store is at rest", () => this.box.pids(/sqlite3|awk/).length === 0);
  }

  /** The database is whole, whatever stopped the call. */
  async expectWhole(): Promise<void> {
    await this.quiet();
    expect(integrityOf(this.box.store().dir)).toBe("ok");
  }

  /**
   * What G3, G4 and G6 say of a stopped call: `resume` (or `run`, where no
   * run was recorded) ends in the tree of a run that nothing interrupted,
   * without running again what was settled; nothing is left to clean up; and
   * `rollback --full` gives the tree from before.
   */
  async expectRecovery(): Promise<void> {
    const settled = settledOf(await this.box.status());
    await this.expectCompletion();
    expect(this.box.trace().filter((id) => settled.includes(id)), "ran twice").toEqual([]);
    await this.expectRemoval();
  }

  /** `resume`, or `run` where there is no run, ends in the right tree. */
  async expectCompletion(flags: readonly string[] = []): Promise<void> {
    const stopped = await this.box.status();
    this.box.clearTrace();
    await this.box.expectExit(0, [stopped.run ? "resume" : "run", ...flags]);
    this.expectTree(this.after);
    const status = await this.box.status();
    expect(status.run).toMatchObject({ status: "completed", exit_code: 0, interrupted: false });
    expect(settledOf(status)).toEqual(["first", "middle", "last"]);
    this.expectTidy();
  }

  /** `rollback --full` gives the tree from before; then all is forgotten. */
  async expectRemoval(): Promise<void> {
    await this.box.expectExit(0, ["rollback", "--full"]);
    this.expectTree(this.before);
    this.expectTidy();
    this.forget();
  }

  expectTree(tree: Tree): void {
    expect(diffTrees(tree, this.box.tree())).toEqual([]);
  }

  /** Nobody has to clean up by hand: no process, pipe or log is left. */
  expectTidy(): void {
    expect(this.box.processes()).toEqual([]);
    const left = readdirSync(this.box.store().dir).filter((name) => /^\.|-(wal|shm|journal)$/.test(name));
    expect(left).toEqual([]);
  }
}

/** The steps that a resume must not run again. */
export function settledOf(status: Status): readonly string[] {
  return status.steps.filter((step) => step.settled).map((step) => step.id);
}
