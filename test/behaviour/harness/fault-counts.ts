// How often the fault tests try each fault, and the count of what they tried.
// Few times in CI; `npm run reliability` sets the environment for many.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../setup/random.js";
import { ALL_SHELLS, type Shell } from "../../setup/shells.js";
import { projectRoot } from "./compile.js";

/** A row of the table in docs/reliability.md. */
export interface Fault {
  readonly id: string;
  readonly fault: string;
  /** What must hold: G1 to G9 of the README. */
  readonly guarantees: readonly string[];
  /** The test file, below test/behaviour. */
  readonly file: string;
}

/** The table's rows, which the command and the tests share. */
export const FAULTS: readonly Fault[] = JSON.parse(
  readFileSync(join(projectRoot, "test", "reliability", "faults.json"), "utf8"),
);

/** The seed of all that is random: WAYMARK_FAULTS_SEED. */
export const seed = numberFrom("SEED", 1);

/** Numbers of its own for a subject, a shell and the seed. */
export function randomFor(subject: string, shell: Shell): Random {
  let mixed = seed;
  for (const byte of Buffer.from(`${subject}/${shell.name}`)) {
    mixed = (Math.imul(mixed, 31) + byte) >>> 0;
  }
  return new Random(mixed);
}

/** How often to try: WAYMARK_FAULTS_NAME, or a few times. */
export function tries(name: "KILLS" | "SIGNALS" | "CUTS" | "STARTS", few: number): number {
  return numberFrom(name, few);
}

/**
 * The points that a loop over all of them takes in this shell, from 1 up:
 * each where WAYMARK_FAULTS_STRIDE is 1, else every so manieth, each shell
 * others than the one before.
 */
export function* pointsFor(shell: Shell, few: number): Generator<number, never> {
  const stride = numberFrom("STRIDE", few);
  for (let point = ((placeOf(shell) + seed) % stride) + 1; ; point += stride) yield point;
}

/** The cases of a list that this shell takes, as `pointsFor` does. */
export function shareOf<T>(shell: Shell, few: number, cases: readonly T[]): readonly T[] {
  const stride = numberFrom("STRIDE", few);
  return cases.filter((_, index) => (index + placeOf(shell) + seed) % stride === 0);
}

/** A number for each shell and store. */
function placeOf(shell: Shell): number {
  const place = ALL_SHELLS.findIndex((one) => one.key === shell.key);
  return shell.journal ? place + ALL_SHELLS.length : place;
}

/** Whether each kill point is tried, and not a few of them. */
export const allPoints = numberFrom("STRIDE", 0) === 1;

/** Counts tries of a fault for `npm run reliability`. */
export function tried(id: string, shell: Shell, times = 1): void {
  if (!FAULTS.some((row) => row.id === id)) {
    throw new Error(`test/reliability/faults.json has no fault "${id}"`);
  }
  const file = process.env.WAYMARK_FAULTS_TALLY;
  if (file) appendFileSync(file, `${id}\t${shell.name}\n`.repeat(times));
}

/** Long enough for so many tries on a loaded machine. */
export function limitFor(count: number): { timeout: number } {
  return { timeout: 120_000 + count * 5_000 };
}

/** Does it; a failure says at which try it was. */
export async function during<T>(what: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw new Error(`${what}, seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
}

function numberFrom(name: string, otherwise: number): number {
  const text = process.env[`WAYMARK_FAULTS_${name}`];
  if (text === undefined || text === "") return otherwise;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`WAYMARK_FAULTS_${name}: not a number: ${text}`);
  return Number(text);
}
