import { renderAssets } from "../assets.js";
import type { Plan, PlanStep } from "../compiler/3-plan/plan.js";
import { render } from "../compiler/4-render/render.js";

/**
 * Scripts that differ from the installer's own in one known way. They are
 * made of the plan and rendered as every script is; the text is not touched.
 */

/** How a step is made to fail: before its first command, or after its last. */
export type Failure = "at its start" | "at its end";

/** What a step that fails at its start exits with. */
export const FAILURE_EXIT = 93;

/** The file in the working folder for which `holdAfter` waits. */
export const GATE = "waymark-test-go";

/** The installer that ends after its first `count` steps. */
export function truncated(plan: Plan, count: number): string {
  return scriptOf(plan, plan.steps.slice(0, count));
}

/** The installer whose step of this ordinal fails. */
export function failingAt(plan: Plan, ordinal: number, how: Failure): string {
  const change = how === "at its start" ? failsFirst : failsLast;
  return scriptOf(
    plan,
    plan.steps.map((step) => (step.ordinal === ordinal ? change(triedOnce(step)) : step)),
  );
}

/** The installer that waits for a file behind its first `count` steps. */
export function holdAfter(plan: Plan, count: number): string {
  const ids = new Set(plan.steps.map((step) => step.id));
  let id = "waymark-hold";
  while (ids.has(id)) id += "-";
  const hold: PlanStep = {
    id,
    name: "Wait",
    action: "script",
    dependsOn: [],
    script: {
      text: `while [ ! -e ${GATE} ]; do sleep 0.05; done\n`,
      interpreter: ["sh"],
      errexit: true,
    },
    verification: [],
    ordinal: 0,
    symbol: "waymark_test_hold",
    fingerprint: "0".repeat(32),
  };
  return scriptOf(plan, [...plan.steps.slice(0, count), hold, ...plan.steps.slice(count)]);
}

// What its commands leave is the subject: it has one try, which stops the run.
function triedOnce({ timing: _timing, onFailure: _onFailure, ...step }: PlanStep): PlanStep {
  return step;
}

function failsFirst({ file, ...step }: PlanStep): PlanStep {
  if (step.script === undefined && file === undefined) return { ...step, verification: [{ cmd: "false" }] };
  const text = `echo 'made to fail at its start' >&2\nexit ${FAILURE_EXIT}\n`;
  return { ...step, script: { text, interpreter: ["sh"], errexit: true } };
}

// A verification runs when the author's commands are done, whatever
// interpreter they are for and however they end well.
function failsLast(step: PlanStep): PlanStep {
  const verification = [...step.verification, { cmd: "echo 'made to fail at its end'; false" }];
  return { ...step, verification };
}

function scriptOf(plan: Plan, steps: readonly PlanStep[]): string {
  const numbered = steps.map((step, index) => ({ ...step, ordinal: index + 1 }));
  // Another plan, so that no store takes the one for the other.
  const fingerprint = [...plan.fingerprint].reverse().join("");
  return render({ ...plan, fingerprint, steps: numbered }, renderAssets()).text;
}
