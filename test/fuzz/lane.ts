import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Shell, shellsWithStores } from "../setup/shells.js";
import type { Case } from "./cases.js";
import { Host } from "./host.js";
import { type Fault, judge } from "./judge.js";
import { probe, run } from "./probe.js";
import { SyntaxAsker } from "./syntax-asker.js";
import { tame } from "./tame.js";
import { CompileWorker, decoded, type Reply, type WorkerOptions } from "./workers.js";

/** What came of a case. */
export interface Finding {
  readonly reply: Reply;
  readonly faults: readonly Fault[];
  /** Whether its script was asked, and whether it was run. */
  readonly probed: boolean;
  readonly ran: boolean;
}

const SH: Shell = { key: "sh", name: "sh", command: ["sh"] };

/** More steps than these are asked, and not run. */
const RUN_STEPS = 12;

/** One case after the other: a compiler's process, and a host for its scripts. */
export class Lane {
  readonly #folder: string;
  readonly #worker: CompileWorker;
  readonly #host: Host;
  readonly #syntax = new SyntaxAsker();

  constructor(folder: string, options: WorkerOptions = {}) {
    this.#folder = folder;
    mkdirSync(join(folder, "scripts"), { recursive: true });
    this.#host = new Host(join(folder, "host"));
    this.#worker = new CompileWorker(join(folder, "compile"), { path: this.#host.path, ...options });
  }

  close(): void {
    this.#worker.stop();
    this.#syntax.close();
  }

  /** Compiles a case, and holds what comes of it against all that must be. */
  async examine(one: Case): Promise<Finding> {
    const script = join(this.#folder, "scripts", "install.sh");
    const { reply, faults } = await this.#compile(one.bytes, script);
    const text = decoded(one.bytes) ?? "";
    if (one.end !== undefined && reply.end !== one.end && faults.length === 0) {
      const detail = "diagnostics" in reply ? reply.shown.slice(0, 1000) : "";
      faults.push({ kind: `must be ${one.end}`, detail: `it was ${reply.end}: ${detail}` });
    }
    const probed = one.probed && reply.end === "accepted" && faults.length === 0;
    let ran = false;
    if (probed) {
      const [shell, other] = [shellOf(one.number), shellOf(one.number + 3)];
      try {
        const parses = await this.#syntax.accepts(shell, `${script}.body`);
        faults.push(...(await probe(this.#host, parses ? shell : SH, script, text)));
        if (faults.length === 0) ran = await this.#runTame(other, text, faults);
      } catch (error) {
        faults.push({ kind: "an answer is not what it should be", detail: String(error).slice(0, 2000) });
      }
    }
    return { reply, faults, probed, ran };
  }

  async #compile(toml: Buffer, script: string): Promise<{ reply: Reply; faults: Fault[] }> {
    rmSync(script, { force: true });
    const reply = await this.#worker.compile(toml, script);
    const faults = judge(reply, toml);
    const calls = this.#host.canary();
    if (calls !== undefined) {
      faults.push({ kind: "data ran", detail: `data ran as shell while it was compiled: ${calls}` });
    }
    // What was killed had no time to tidy up.
    if (reply.end === "hung" || reply.end === "died") return { reply, faults };
    const left = this.#worker.leftOver();
    if (left.length > 0) {
      faults.push({ kind: "left over", detail: `the compiler left in its TMPDIR: ${left.join(", ")}` });
      for (const name of left) rmSync(join(this.#worker.temporary, name), { recursive: true });
    }
    if (reply.end === "accepted" && !(await this.#syntax.accepts(SH, script))) {
      faults.push({ kind: "no shell script", detail: "`sh -n` does not accept the script" });
    }
    return { reply, faults };
  }

  async #runTame(shell: Shell, text: string, faults: Fault[]): Promise<boolean> {
    const quiet = tame(text);
    if (quiet.toml.split("\n[[step]]").length > RUN_STEPS) return false;
    const script = join(this.#folder, "scripts", "tame.sh");
    const { reply, faults: found } = await this.#compile(Buffer.from(quiet.toml), script);
    faults.push(...found);
    if (reply.end !== "accepted") {
      const detail = "diagnostics" in reply ? reply.shown.slice(0, 2000) : reply.end;
      faults.push({ kind: "tamed, it is refused", detail });
      return false;
    }
    if (faults.length === 0) faults.push(...(await run(this.#host, shell, script, quiet)));
    return true;
  }
}

const shells = shellsWithStores();

function shellOf(number: number): Shell {
  return shells[number % shells.length] ?? SH;
}
