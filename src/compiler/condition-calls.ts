import type { Condition } from "./2-validate/conditions.js";

/** A call of the runtime that asks whether a condition holds: name, arguments. */
export type ConditionCall = readonly [name: string, ...args: string[]];

/** What each kind of condition is in the runtime. */
function conditionCall(condition: Condition): ConditionCall {
  switch (condition.kind) {
    case "file":
      return ["rt_condition_file", condition.path];
    case "mode":
      return ["rt_condition_mode", condition.path, condition.mode];
    case "variable":
      return ["rt_condition_variable", condition.name, condition.matches];
    case "absent":
      return ["rt_condition_absent", condition.package];
    case "service":
      return ["rt_condition_service", condition.service];
    case "member":
      return ["rt_condition_member", condition.user, condition.group];
    case "command":
      return ["rt_condition_command", condition.command];
  }
}

/** The calls that ask a table's conditions, and say which failed; none for none. */
export function conditionCalls(conditions: readonly Condition[] = []): ConditionCall[] {
  return conditions.length === 0 ? [] : [...conditions.map(conditionCall), ["rt_condition_end"]];
}

/** A step as far as its conditions go. */
export interface ConditionalStep {
  readonly when?: string;
  readonly unless?: string;
  readonly preconditions?: readonly Condition[];
  readonly postconditions?: readonly Condition[];
}

/** Whether something is asked before the step begins. */
export function isGated({ when, unless, preconditions }: ConditionalStep): boolean {
  return when !== undefined || unless !== undefined || preconditions !== undefined;
}

/** Each function of the runtime that a step's conditions call. */
export function functionsOfConditions(step: ConditionalStep): string[] {
  const tables = [...conditionCalls(step.preconditions), ...conditionCalls(step.postconditions)];
  return [
    ...(isGated(step) ? ["rt_gate"] : []),
    ...(step.when === undefined ? [] : ["rt_when"]),
    ...(step.unless === undefined ? [] : ["rt_unless"]),
    ...tables.map(([name]) => name),
  ];
}
