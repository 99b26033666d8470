import { corpus } from "./corpus.js";
import { corrupt } from "./corrupt.js";
import { installer } from "./generate.js";
import { handwritten } from "./handwritten.js";
import { mutate } from "./mutate.js";
import { Random } from "../setup/random.js";
import { writeToml } from "./toml-writer.js";

/** One input of the compiler, and how it was made. */
export interface Case {
  readonly number: number;
  /** The bytes of the installer.toml. */
  readonly bytes: Buffer;
  readonly origin: string;
  /** How it must end, where that is known. */
  readonly end?: "accepted" | "refused";
  /** Whether its script, where there is one, is run. */
  readonly probed: boolean;
}

/**
 * The case of a number: first those that were written by hand, which are the
 * same for every seed, then those that are made.
 */
export function caseOf(seed: number, number: number): Case {
  const written = handwritten[number];
  if (written !== undefined) {
    const { bytes, name, end } = written;
    return { number, bytes, origin: `by hand: ${name}`, end, probed: bytes.length < 20_000 };
  }
  const random = new Random(seed, number);
  return { number, probed: random.oneIn(PROBED), ...made(random) };
}

/** One accepted case in so many is run. */
const PROBED = 20;

type Made = Pick<Case, "bytes" | "origin" | "end">;

function made(random: Random): Made {
  return random.weighted<() => Made>([
    [14, () => generated(random)],
    [26, () => corrupted(random)],
    [36, () => mutated(random, random.pick(corpus))],
    [24, () => mutated(random, writeToml(installer(random), random))],
  ])();
}

function generated(random: Random): Made {
  const text = writeToml(installer(random), random);
  return { bytes: Buffer.from(text), origin: "generated", end: "accepted" };
}

function corrupted(random: Random): Made {
  const document = installer(random);
  const done = random.times(random.pick([1, 1, 1, 2, 4]), () => corrupt(random, document));
  return { bytes: Buffer.from(writeToml(document, random)), origin: `generated, ${done.join(", ")}` };
}

function mutated(random: Random, text: string): Made {
  const times = random.pick([1, 1, 2, 5]);
  let bytes: Buffer = Buffer.from(text);
  const done: string[] = [];
  for (let left = times; left > 0; left--) {
    const { bytes: next, what } = mutate(random, bytes.toString(), random.pick(corpus));
    done.push(what);
    bytes = next;
  }
  return { bytes, origin: `mutated: ${done.join(", ")}` };
}
