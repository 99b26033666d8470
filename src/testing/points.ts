import type { Experiment } from "./trial.js";

/** Far more points than any installer has. */
const MOST = 100_000;

/** Makes the experiment of a point; `ended` says that no call comes so far. */
export type AtPoint = (point: number, ended: () => void) => Experiment;

/**
 * An experiment for each kill point, from 1 until one of them says that what
 * it called ended without being killed.
 */
export function* everyPoint(at: AtPoint): Iterable<Experiment> {
  let over = false;
  const ended = (): void => {
    over = true;
  };
  for (let point = 1; !over && point < MOST; point++) yield at(point, ended);
}

/**
 * Experiments for `most` points at random. How many there are is found out
 * on the way: 1, 2, 4 and so on until a call ends without being killed.
 */
export function* somePoints(
  most: number,
  random: () => number,
  at: AtPoint,
): Iterable<Experiment> {
  // The first point that is known to be behind the last one.
  let bound = MOST;
  const tried = new Set<number>();
  const one = (point: number): Experiment => {
    tried.add(point);
    return at(point, () => {
      bound = Math.min(bound, point);
    });
  };
  const reached = (): number => [...tried].filter((point) => point < bound).length;
  for (let point = 1; point < bound && tried.size < most; point *= 2) yield one(point);
  while (reached() < most && reached() < bound - 1) {
    const point = 1 + Math.floor(random() * (bound - 1));
    if (!tried.has(point)) yield one(point);
  }
}
