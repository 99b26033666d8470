import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, caseOf } from "./cases.js";
import type { Fault } from "./judge.js";
import { type Finding, Lane } from "./lane.js";
import { minimised } from "./minimise.js";
import type { WorkerOptions } from "./workers.js";

export interface CampaignOptions {
  readonly seed: number;
  /** Cases 0 up to, and without, this. */
  readonly count: number;
  /** This case alone. */
  readonly only?: number | undefined;
  readonly worker?: WorkerOptions;
  /** Where the cases come from; a test of this test has its own. */
  readonly caseOf?: (seed: number, number: number) => Case;
}

/** What came of all cases. */
export interface Campaign {
  readonly seed: number;
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  readonly probed: number;
  readonly ran: number;
  /** The codes of the diagnostics that were given. */
  readonly codes: ReadonlySet<string>;
  readonly seconds: number;
  /** What must not be, for a person: the case, what was seen, how to see it again. */
  readonly failures: readonly string[];
}

/** More failures than these are not waited for. */
const ENOUGH = 5;

/** Feeds the compiler with the cases of a seed, several at a time. */
export async function campaign(options: CampaignOptions): Promise<Campaign> {
  const { seed, count, only } = options;
  const make = options.caseOf ?? caseOf;
  const numbers = only === undefined ? Array.from({ length: count }, (_, at) => at) : [only];
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "waymark-fuzz-")));
  const tally = { cases: 0, accepted: 0, refused: 0, probed: 0, ran: 0 };
  const codes = new Set<string>();
  const failures: string[] = [];
  const begun = performance.now();

  const work = async (lane: Lane): Promise<void> => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) {
      if (failures.length >= ENOUGH) return;
      let one: Case;
      let finding: Finding;
      try {
        one = make(seed, next);
        finding = await lane.examine(one);
      } catch (error) {
        // The other lanes go on: what they are at must be ended in order.
        failures.push(`seed ${seed}, case ${next}: the fuzz test itself failed: ${(error as Error).stack}`);
        continue;
      }
      tally.cases += 1;
      if (finding.reply.end === "accepted") tally.accepted += 1;
      if (finding.reply.end === "refused") tally.refused += 1;
      if (finding.probed) tally.probed += 1;
      if (finding.ran) tally.ran += 1;
      if ("diagnostics" in finding.reply) {
        for (const { code } of finding.reply.diagnostics) codes.add(code);
      }
      if (finding.faults.length > 0) failures.push(await failure(lane, seed, one, finding));
    }
  };
  const width = Math.min(numbers.length, availableParallelism() + 1);
  const lanes = Array.from({ length: width }, (_, at) => new Lane(join(folder, `${at}`), options.worker));
  const close = (): void => {
    for (const lane of lanes) lane.close();
  };
  process.on("exit", close);
  try {
    await Promise.all(lanes.map(work));
  } finally {
    close();
    process.off("exit", close);
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  return { seed, ...tally, codes, seconds, failures };
}

/** "10000 cases (seed 1): 3210 accepted, …" */
export function summaryOf(result: Campaign): string {
  const { cases, seed, accepted, refused, probed, ran, codes, seconds } = result;
  return (
    `fuzz: ${cases} cases (seed ${seed}): ${accepted} accepted, ${refused} refused ` +
    `with ${codes.size} distinct codes; ${probed} scripts asked, ${ran} run; ${seconds} s`
  );
}

/** A failure in words, with the smallest text found that shows it. */
async function failure(lane: Lane, seed: number, one: Case, { faults }: Finding): Promise<string> {
  const [first] = faults as [Fault];
  // A hang takes its time, and what must be right is so as a whole.
  const whole = first.kind === "hang" || first.kind.startsWith("must be ");
  const small = whole ? one.bytes : await smallest(lane, one, first);
  const text = small.toString();
  return [
    `seed ${seed}, case ${one.number} (${one.origin}): ${first.kind}`,
    first.detail,
    ...faults.slice(1, 4).map(({ kind }) => `also: ${kind}`),
    `the installer.toml${small.length < one.bytes.length ? ", made smaller" : ""} (${small.length} bytes), as JSON:`,
    JSON.stringify(text.slice(0, 1500)) + (text.length > 1500 ? " …" : ""),
    `again: npm run fuzz -- --seed ${seed} --case ${one.number}`,
  ].join("\n");
}

function smallest(lane: Lane, one: Case, first: Fault): Promise<Buffer> {
  return minimised(one.bytes, async (bytes) => {
    const { faults } = await lane.examine({ ...one, bytes });
    return faults.some(({ kind }) => kind === first.kind);
  });
}
