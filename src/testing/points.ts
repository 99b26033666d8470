import type { Experiment } from "./trial.js";

/** Far more points than any installer has. */
const MOST = 100_000;

/**
 * An experiment for each kill point, from 1 until one of them says that what
 * it called ended without being killed.
 */
export function* untilEnded(
  at: (point: number, ended: () => void) => Experiment,
): Iterable<Experiment> {
  let over = false;
  const ended = (): void => {
    over = true;
  };
  for (let point = 1; !over && point < MOST; point++) yield at(point, ended);
}
