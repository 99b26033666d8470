import type { Plan, PlanStep } from "../3-plan/plan.js";
import { conditionCalls, isGated } from "../condition-calls.js";
import { ShellText, name, words } from "./shell-word.js";

/** What the templates need of a step's conditions. */
export interface ConditionView {
  /** The function that asks before the step begins, with the names of the next two. */
  readonly gate: readonly ShellText[];
  /** The lines of `when_SYMBOL` and of `require_SYMBOL`. */
  readonly when: readonly (readonly ShellText[])[];
  readonly require: readonly (readonly ShellText[])[];
}

/** A step's `when`, `unless` and preconditions as calls of the runtime. */
export function conditionView(step: PlanStep): ConditionView {
  const asked = [
    ...(step.when === undefined ? [] : [words(["rt_when", step.when])]),
    ...(step.unless === undefined ? [] : [words(["rt_unless", step.unless])]),
  ];
  const required = conditionCalls(step.preconditions).map(words);
  const names = [
    asked.length > 0 ? `when_${step.symbol}` : "",
    required.length > 0 ? `require_${step.symbol}` : "",
  ];
  return {
    gate: isGated(step) ? [words(names)] : [],
    when: asked.length > 0 ? [asked] : [],
    require: required.length > 0 ? [required] : [],
  };
}

/** The lines that ask for a step's postconditions, behind its verification. */
export function postconditionCalls(step: PlanStep): ShellText[] {
  return conditionCalls(step.postconditions).map(words);
}

/** For the list of flags, where a plan has the letter. */
export function gateLegend(steps: readonly PlanStep[]): ShellText[] {
  return steps.some(isGated) ? [name("w")] : [];
}

/** The runtime modules that a plan's conditions call. */
export function conditionModules({ steps }: Plan): string[] {
  const calls = steps.flatMap((step) =>
    [...(step.preconditions ?? []), ...(step.postconditions ?? [])].map(({ kind }) => kind),
  );
  const system = calls.some((kind) => ["absent", "service", "member"].includes(kind));
  return [
    ...(steps.some(isGated) ? ["gate"] : []),
    ...(calls.length > 0 ? ["condition"] : []),
    ...(system ? ["condition-system"] : []),
  ];
}
