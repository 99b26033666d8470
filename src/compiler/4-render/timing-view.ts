import type { PlanStep } from "../3-plan/plan.js";
import { name, type ShellText } from "./shell-word.js";

/** The steps that run under rt_timing, by id. */
export function timedSteps(steps: readonly PlanStep[]): Set<string> {
  const timed = new Set<string>();
  // What may be passed over, and what depends on that, in execution order.
  const uncertain = new Set<string>();
  for (const step of steps) {
    const blockable = step.dependsOn.some((id) => uncertain.has(id));
    if (blockable || step.onFailure?.action === "continue") uncertain.add(step.id);
    if (blockable || step.timing !== undefined || step.onFailure !== undefined) {
      timed.add(step.id);
    }
  }
  return timed;
}

/** Whether the plan needs rt_timing at all. */
export function hasTiming(steps: readonly PlanStep[]): boolean {
  return steps.some((step) => step.timing !== undefined || step.onFailure !== undefined);
}

/** What is called behind the last line of such a plan. */
export function endOfTimed(steps: readonly PlanStep[]): ShellText[] {
  return hasTiming(steps) ? [name("rt_failure_end")] : [];
}

/** The arguments of rt_timing: see runtime/timing.sh. */
export function timingWords({ timing, onFailure }: PlanStep): string[] {
  return [
    String(timing?.timeout?.seconds ?? ""),
    timing?.timeout?.text ?? "",
    (timing?.delays ?? []).join(" "),
    String(timing?.jitter ?? 0),
    onFailure?.action ?? "stop",
    onFailure?.keep === true ? "1" : "",
    onFailure?.message ?? "",
  ];
}

const ACTIONS = {
  stop: [],
  continue: ["on failure: what does not depend on it goes on"],
  abort: ["on failure: the whole run is rolled back"],
};

/** What a reader should know of it before the step's commands. */
export function timingNotes({ timing, onFailure }: PlanStep): string[] {
  const tries = (timing?.delays.length ?? 0) + 1;
  const times = [
    ...(timing?.timeout === undefined ? [] : [`timeout ${timing.timeout.text}`]),
    ...(tries === 1 ? [] : [`${tries} tries`]),
  ];
  return [
    ...(times.length === 0 ? [] : [times.join(", ")]),
    ...ACTIONS[onFailure?.action ?? "stop"],
  ];
}
