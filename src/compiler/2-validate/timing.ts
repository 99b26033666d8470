import { parseDuration } from "./duration.js";
import type { Draft, StepToml } from "./schema.js";
import type { SpecOnFailure, SpecTiming } from "./spec.js";

type RetryToml = NonNullable<StepToml["retry"]>;

/** What a retry is where nothing else is said; `count` is of all tries. */
const COUNT = 3;
const DELAY_S = 1;

/** What `on_failure.action = "retry"` waits where there is no retry table. */
const ACTION_DELAY_S = 5;

/** No delay grows past it. */
const LONGEST_S = 3600;

/** The percentage of `jitter = true`. */
const JITTER = 50;

/** The percentage of a jitter; undefined where it is none. */
export function parseJitter(jitter: boolean | string | undefined): number | undefined {
  if (typeof jitter !== "string") return jitter === true ? JITTER : 0;
  const found = /^(\d{1,3})%$/.exec(jitter);
  const percent = Number(found?.[1] ?? Number.NaN);
  return percent <= 100 ? percent : undefined;
}

/** The retry table of a step, by either of its names. */
export function retryOf(step: Draft<StepToml>): Draft<RetryToml> | undefined {
  return step.timing?.retry ?? step.retry;
}

/** The timing of a checked step; undefined where it has one try without end. */
export function toTiming(step: StepToml): SpecTiming | undefined {
  const text = step.timing?.timeout;
  const retry = retryOf(step);
  const delays =
    retry !== undefined
      ? delaysOf(retry)
      : step.on_failure?.action === "retry"
        ? new Array<number>(COUNT - 1).fill(ACTION_DELAY_S)
        : [];
  if (text === undefined && delays.length === 0) return undefined;
  return {
    ...(text === undefined ? {} : { timeout: { seconds: parseDuration(text) ?? 0, text } }),
    delays,
    jitter: parseJitter(retry?.jitter) ?? 0,
  };
}

function delaysOf({ count = COUNT, delay, backoff }: Draft<RetryToml>): number[] {
  const first = delay === undefined ? DELAY_S : (parseDuration(delay) ?? 0);
  return Array.from({ length: count - 1 }, (_, index) => {
    const factor = backoff === "exponential" ? 2 ** index : backoff === "linear" ? index + 1 : 1;
    return Math.min(first * factor, LONGEST_S);
  });
}

/** What a failure does; undefined where it just stops the run. */
export function toOnFailure(step: StepToml): SpecOnFailure | undefined {
  const { action = "stop", message, preserve_state } = step.on_failure ?? {};
  const keep = preserve_state === true && isUndoneByFailure(step);
  if ((action === "stop" || action === "retry") && message === undefined && !keep) {
    return undefined;
  }
  return {
    action: action === "retry" ? "stop" : action,
    ...(message === undefined ? {} : { message }),
    keep,
  };
}

/** Whether a failure of the step undoes it. */
export function isUndoneByFailure({ checkpoint, on_failure }: Draft<StepToml>): boolean {
  return (
    on_failure?.action === "abort" ||
    (checkpoint !== undefined && checkpoint.enabled !== false && checkpoint.atomic === true)
  );
}
