import type { SpecVariable } from "../2-validate/spec.js";
import type { Plan } from "../3-plan/plan.js";
import { comment, name, number, own, quotedWord, word, words, type ShellText } from "./shell-word.js";

/** What decides and checks all values before anything is opened. */
export const VARIABLES_CHECK = "rt_variables_preflight";

/** Whether a plan declares variables, or a step of it exports values. */
export function hasVariables({ installer, steps }: Plan): boolean {
  return (
    installer.environment !== undefined ||
    steps.some((step) => step.environment !== undefined || step.exports !== undefined)
  );
}

/** What the templates need to know of a plan's variables and exports. */
export function variablesView(plan: Plan): object {
  const used = hasVariables(plan);
  return {
    main: own(used ? "rt_variables_main" : "rt_main"),
    enter: own(used ? "rt_values_enter" : ":"),
    help: quotedWord(used ? helpOf(plan) : ""),
    variables: used
      ? [{ lines: linesOf(plan), exporting: exportsOf(plan) }]
      : [],
    listed: listedIn(plan),
  };
}

/** What is called before the plan is read, with the name of what reads it. */
export function beforePlan(plan: Plan): ShellText[] {
  return hasVariables(plan) ? [own("rt_values_before")] : [];
}

/** A line of waymark_variables each: the installer's, then those of the steps. */
function linesOf({ installer, steps }: Plan): object[] {
  return [
    ...(installer.environment ?? []).map((one) => lineOf(0, "-", one)),
    ...steps.flatMap((step) => (step.environment ?? []).map((one) => lineOf(step.ordinal, step.id, one))),
  ];
}

function lineOf(ordinal: number, id: string, variable: SpecVariable): object {
  const flags = [variable.default !== undefined && "d", variable.required && "r", variable.secret && "s"];
  return {
    ordinal: number(ordinal),
    id: word(id),
    name: name(variable.name),
    flags: word(flags.filter(Boolean).join("") || "-"),
    value: quotedWord(variable.default ?? ""),
    pattern: quotedWord(variable.validate ?? ""),
    from: variable.from.map((one) => name(one)),
  };
}

function exportsOf({ steps }: Plan): object[] {
  return steps
    .filter((step) => step.exports !== undefined)
    .map(({ ordinal, id, symbol, exports = [] }) => ({
      ordinal: number(ordinal),
      id: word(id),
      symbol: name(symbol),
      names: words(exports),
    }));
}

/** The installer's variables for the comment block at the top. */
function listedIn({ installer }: Plan): object[] {
  const variables = installer.environment ?? [];
  return variables.length === 0 ? [] : [{ each: variables.map((one) => comment(`${one.name}${tellOf(one)}`)) }];
}

/** The lines that `help` has for them. */
function helpOf({ installer, steps }: Plan): string {
  const all = [...(installer.environment ?? []), ...steps.flatMap((step) => step.environment ?? [])];
  const settable = all.filter((one) => !one.secret);
  // The installer's own goes before a step's of that name.
  const known = new Map(all.toReversed().map((one) => [one.name, one]));
  const lines = [...known.values()].toReversed().map((one) => `      ${one.name}${tellOf(one)}`);
  const flag = settable.length > 0 ? ["  --set NAME=VALUE      with run, resume, plan: sets one of the variables"] : [];
  return lines.length === 0 ? "" : `\n${[...flag, "", "Variables:", ...lines].join("\n")}`;
}

/** How a variable comes by its value: ` (required, from TOKEN)`. */
function tellOf({ default: value, from, required, secret }: SpecVariable): string {
  const facts = [
    secret && "secret",
    required && "required",
    from.length > 0 && `from ${from.join(", ")} of the environment`,
    value !== undefined && !secret && `default: ${value.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, " ")}`,
  ].filter(Boolean);
  return facts.length === 0 ? "" : ` (${facts.join("; ")})`;
}
