import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, Running } from "../behaviour/harness/process.js";
import { programsWithoutSqlite, SYSTEM_PATH } from "../behaviour/harness/programs.js";
import { diffTrees, recordTree, type Tree } from "../behaviour/harness/tree.js";
import type { Shell } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";
import { CANARY } from "./nasty.js";

/**
 * A throw-away host: a home, a temporary folder, a place to stand, and the
 * canary on its PATH.
 */
export class Host {
  readonly root: string;
  readonly home: string;
  /** A PATH with the canary in front. */
  readonly path: string;
  readonly #bin: string;
  readonly #temporary: string;
  readonly #stand: string;
  readonly #sung: string;
  #before: Tree = new Map();

  constructor(root: string) {
    this.root = root;
    this.home = join(root, "home");
    this.#temporary = join(root, "tmp");
    this.#stand = join(root, "stand");
    this.#sung = join(root, "sung");
    this.#bin = join(root, "bin");
    mkdirSync(this.#bin, { recursive: true });
    const canary = `#!/bin/sh\nprintf '%s\\n' "$0 $*" >>'${this.#sung}'\n`;
    writeFileSync(join(this.#bin, CANARY), canary, { mode: 0o755 });
    this.path = `${this.#bin}:${process.env["PATH"] ?? SYSTEM_PATH}`;
    this.reset();
  }

  /** Empties it; what is there then is what `changes` compares with. */
  reset(): void {
    for (const folder of [this.home, this.#temporary, this.#stand]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    }
    rmSync(this.#sung, { force: true });
    this.#before = this.#tree();
  }

  /** Runs `SHELL FILE ARGS`; whatever hangs is killed, and the promise rejects. */
  run(shell: Shell, file: string, args: readonly string[]): Promise<Result> {
    const [program, ...words] = shell.command;
    const programs = shell.journal ? programsWithoutSqlite() : SYSTEM_PATH;
    return new Running([findTool(program) ?? program, ...words, file, ...args], {
      cwd: this.#stand,
      env: {
        HOME: this.home,
        TMPDIR: this.#temporary,
        PATH: `${this.#bin}:${programs}`,
        LANG: "C.UTF-8",
        TERM: "xterm",
      },
    }).result;
  }

  /** The calls of the canary since it was last asked, or undefined. */
  canary(): string | undefined {
    if (!existsSync(this.#sung)) return undefined;
    const calls = readFileSync(this.#sung, "utf8");
    rmSync(this.#sung);
    return calls;
  }

  /** What is there now and was not, or is not and was: a line a path. */
  changes(): readonly string[] {
    return diffTrees(this.#before, this.#tree());
  }

  /** The files below a folder of the home whose names begin with the canary's. */
  betrayed(): string[] {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" }).filter(
      (path) => new RegExp(`(^|/)${CANARY}-file[^/]*$`).test(path) && !path.startsWith("bin/"),
    );
  }

  #tree(): Tree {
    const all = [...recordTree(this.root)];
    return new Map(all.filter(([path]) => /^(?:home|tmp|stand)(?:\/|$)/.test(path)));
  }
}
