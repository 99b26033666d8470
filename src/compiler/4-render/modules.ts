import type { Plan } from "../3-plan/plan.js";
import { hasVariables } from "./variables-view.js";
import { isPlainSh } from "../interpreter.js";
import { conditionModules } from "./condition-view.js";
import { modulesOf } from "./file-actions.js";
import { requirementModules } from "./requirements-view.js";
import { hasTiming } from "./timing-view.js";

/** A file of runtime/, as its header describes it. */
interface RuntimeModule {
  readonly name: string;
  readonly requires: readonly string[];
  /** All below the header. */
  readonly text: string;
}

const HEADER = /^# (module|provides|requires):(.*)\n/;

/**
 * The text of all runtime modules that the plan needs, each once: `base`
 * first, `main` last, and between them in the order of their names. `files` is
 * runtime/ by name.
 */
export function selectModules(plan: Plan, files: Readonly<Record<string, string>>): string {
  const chosen = new Map<string, RuntimeModule>();
  const visit = (name: string): void => {
    if (chosen.has(name)) return;
    const file = files[name];
    if (file === undefined) throw new Error(`there is no runtime module ${name}`);
    const module = readModule(name, file);
    chosen.set(name, module);
    module.requires.forEach(visit);
  };
  rootsOf(plan).forEach(visit);
  const order = [...chosen.keys()].sort();
  order.sort((a, b) => rank(a) - rank(b));
  return order.map((name) => chosen.get(name)?.text ?? "").join("\n");
}

/** The text below a module's header, for what embeds one module alone. */
export function moduleText(name: string, files: Readonly<Record<string, string>>): string {
  return readModule(name, files[name] ?? "").text;
}

/** Modules that run at each step: see earlyNames. */
const EVERY_STEP = ["run", "begin", "progress", "step", "watch", "store", "query", "sql-step", "text", "report"];

/** The functions that a shell with name lists should know before the steps. */
export function earlyNames(files: Readonly<Record<string, string>>): string[] {
  const texts = EVERY_STEP.map((name) => moduleText(name, files));
  return texts.flatMap((text) => [...text.matchAll(/^(rt_\w+)\(\)/gm)].map((found) => found[1] ?? ""));
}

/** What the plan's own lines call; all else follows from `requires`. */
function rootsOf(plan: Plan): string[] {
  const roots = ["base", "main"];
  if (plan.steps.some((step) => step.verification.length > 0)) roots.push("verify");
  if (plan.steps.some((step) => step.script && !isPlainSh(step.script.interpreter))) {
    roots.push("interpret");
  }
  roots.push(...modulesOf(plan));
  roots.push(...requirementModules(plan.requirements));
  roots.push(...conditionModules(plan));
  if (hasTiming(plan.steps)) roots.push("timing");
  if (hasVariables(plan)) roots.push("variables", "exports", "values-store");
  return roots;
}

/** The constants first, the way in last; between them the order is no matter. */
function rank(name: string): number {
  return name === "base" ? 0 : name === "main" ? 2 : 1;
}

function readModule(name: string, file: string): RuntimeModule {
  let rest = file;
  const requires: string[] = [];
  for (let line = HEADER.exec(rest); line; line = HEADER.exec(rest)) {
    if (line[1] === "requires") requires.push(...(line[2] ?? "").split(/\s+/).filter(Boolean));
    rest = rest.slice(line[0].length);
  }
  return { name, requires, text: rest.replace(/^\n+/, "") };
}
