import { createHash } from "node:crypto";
import Handlebars from "handlebars";
import type { Plan, PlanStep } from "../3-plan/plan.js";
import { isGated } from "../condition-calls.js";
import { isPlainSh, isShell, programOf } from "../interpreter.js";
import { REQUIREMENTS_CHECK } from "../requirements.js";
import { conditionView, gateLegend, postconditionCalls } from "./condition-view.js";
import { callsOf, commandOf } from "./file-actions.js";
import { earlyNames, moduleText, selectModules } from "./modules.js";
import { requirementsView } from "./requirements-view.js";
import type { Script } from "./script.js";
import {
  ShellText,
  commands,
  comment,
  delimiter,
  hereText,
  name,
  number,
  own,
  quotedWord,
  word,
  words,
} from "./shell-word.js";
import { endOfTimed, timedSteps, timingNotes, timingWords } from "./timing-view.js";
import { undoView } from "./undo-texts.js";
import { beforePlan, hasVariables, VARIABLES_CHECK, variablesView } from "./variables-view.js";

/** What the package ships for rendering, by file name without its suffix. */
export interface RenderAssets {
  readonly templates: Readonly<Record<string, string>>;
  readonly runtime: Readonly<Record<string, string>>;
  /** waymark's own version. */
  readonly version: string;
}

/** Phase 4: the plan as the text of install.sh. Pure. */
export function render(plan: Plan, assets: RenderAssets): Script {
  const fill = filler(assets.templates);
  const installer = {
    name: comment(plan.installer.name),
    version: comment(plan.installer.version),
    nameWord: word(plan.installer.name),
    versionWord: word(plan.installer.version),
    fingerprint: word(plan.fingerprint),
    count: number(plan.steps.length),
    ...requirementsView(plan.requirements),
    ...variablesView(plan),
    preflight: preflightOf(plan),
  };
  const machinery = fill("body", {
    ...installer,
    ...stepsView(plan, beforePlan(plan)),
    gated: gateLegend(plan.steps),
    undo: undoView(plan, assets.runtime),
    early: plan.steps.length > PLAN_PART ? [words(earlyNames(assets.runtime))] : [],
    runtime: own(selectModules(plan, assets.runtime)),
  });
  const body = machinery + fill("call", { ...installer, sha256: word(sha256(machinery)) });
  const end = delimiter("WAYMARK_BODY", body);
  const text = fill("install.sh", {
    ...installer,
    ...headerView(plan, assets.version),
    hash: own(moduleText("hash", assets.runtime)),
    bodySha256: word(sha256(body)),
    end,
    body: hereText(body, end),
  });
  return { plan, text, body, calls: callsOf(plan) };
}

/** Functions that look at the host and the call before anything is opened. */
function preflightOf(plan: Plan): ShellText {
  const calls = [
    ...(plan.requirements === undefined ? [] : [REQUIREMENTS_CHECK]),
    ...(hasVariables(plan) ? [VARIABLES_CHECK] : []),
  ];
  return calls.length === 0 ? words([]) : word(calls.join(" "));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A template with its context; whatever is not a ShellText is refused. */
type Fill = (template: string, context: object) => string;

/** The helper `put` is the one way for a value into the text. */
function filler(templates: Readonly<Record<string, string>>): Fill {
  const handlebars = Handlebars.create();
  handlebars.registerHelper("put", (value: unknown) => {
    if (!(value instanceof ShellText)) {
      throw new Error(`a template was given text that is no shell text: ${String(value)}`);
    }
    return value.text;
  });
  for (const [partial, text] of Object.entries(templates)) {
    handlebars.registerPartial(partial, text);
  }
  return (template, context) =>
    handlebars.compile(templates[template] ?? "", {
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: { put: true },
    })(context);
}

/** What the comment block at the top says. */
function headerView(plan: Plan, version: string): object {
  const { description, author, homepage, license } = plan.installer;
  const facts = [
    author && `By ${author}.`,
    license && `License: ${license}.`,
    homepage,
  ].filter((fact): fact is string => Boolean(fact));
  const width = String(plan.steps.length).length;
  return {
    description: description ? [comment(description.trim())] : [],
    facts: facts.length > 0 ? [comment(facts.join(" "))] : [],
    outline: plan.steps.map((step) =>
      comment(`${String(step.ordinal).padStart(width)}. ${step.id}: ${step.name}`),
    ),
    generator: comment(version),
    sourceSha256: word(plan.sourceSha256),
  };
}

/**
 * The steps, and the functions that list them. A long plan is cut in parts:
 * a shell reads a function whole, and what it needs for that it keeps, to be
 * copied at each fork.
 */
function stepsView({ steps, installer }: Plan, before: readonly ShellText[]): object {
  const timed = timedSteps(steps);
  const views = steps.map((step) => stepView(step, installer.name, timed));
  const end = endOfTimed(steps);
  if (views.length <= PLAN_PART) {
    return { steps: views, timed: end, plan: [{ symbol: name("waymark_plan"), before, steps: views, parts: end }] };
  }
  const parts = [];
  for (let start = 0; start < views.length; start += PLAN_PART) {
    const symbol = name(`waymark_plan_${parts.length + 1}`);
    parts.push({ symbol, before: [], steps: views.slice(start, start + PLAN_PART), parts: [] });
  }
  const symbol = name("waymark_plan");
  const whole = { symbol, before, steps: [], parts: [...parts.map((part) => part.symbol), ...end] };
  return { steps: views, timed: end, plan: [...parts, whole] };
}

/** Steps in a part of a plan: past some hundred, no shell gains by more. */
const PLAN_PART = 100;

/** One step, for the section of the steps and for its line of the plan. */
function stepView(step: PlanStep, installer: string, timed: ReadonlySet<string>): object {
  const { script, checkpoint } = step;
  return {
    title: comment(`${step.ordinal}. ${step.id}: ${step.name}`),
    notes: notesOf(step).map(comment),
    ordinal: number(step.ordinal),
    id: word(step.id),
    symbol: name(step.symbol),
    name: word(step.name),
    flags: word(flagsOf(step)),
    fingerprint: word(step.fingerprint),
    depends: quotedWord(step.dependsOn.join(" ")),
    paths: (checkpoint?.stateFiles ?? []).map(word),
    shell: script && isPlainSh(script.interpreter) ? [commands(script.text)] : [],
    file: step.file === undefined ? [] : [commandOf(step.file, step, installer)],
    foreign: script && !isPlainSh(script.interpreter) ? [foreignView(step)] : [],
    rollback: checkpoint?.rollback === undefined ? [] : [quotedWord(checkpoint.rollback)],
    ...conditionView(step),
    verify: isVerified(step) ? [[...step.verification.map(verifyCall), ...postconditionCalls(step)]] : [],
    timing: timed.has(step.id) ? [words(timingWords(step))] : [],
  };
}

/** A script of another interpreter: a here-document that is its file. */
function foreignView(step: PlanStep): object {
  const { interpreter, text, errexit } = step.script ?? { interpreter: [], text: "", errexit: true };
  const end = delimiter("WAYMARK_SCRIPT", text);
  return {
    command: words([...interpreter, ...strictFlags(interpreter, errexit)]),
    end,
    text: hereText(text, end),
  };
}

/**
 * A shell gets what a step of sh gets; one with arguments has what its author
 * gave it, and other interpreters have no such flags.
 */
function strictFlags(interpreter: readonly string[], errexit: boolean): string[] {
  const shell = interpreter.length === 1 && isShell(interpreter) && programOf(interpreter) !== "busybox";
  return shell ? [errexit ? "-eu" : "-u"] : [];
}

function isVerified({ verification, postconditions }: PlanStep): boolean {
  return verification.length > 0 || postconditions !== undefined;
}

function verifyCall({ cmd, expect }: PlanStep["verification"][number]): ShellText {
  return words(expect === undefined ? ["rt_verify", cmd] : ["rt_verify", cmd, expect]);
}

/** Letters that the runtime reads: see rt_begin_step and rt_step_child. */
function flagsOf(step: PlanStep): string {
  const { script, checkpoint } = step;
  const flags = [
    (script || step.file) && "x",
    script && isPlainSh(script.interpreter) && !script.errexit && "E",
    isVerified(step) && "v",
    checkpoint && "c",
    checkpoint?.atomic && "a",
    checkpoint?.irreversible && "i",
    checkpoint?.snapshot && "s",
    (checkpoint?.rollback !== undefined || step.file) && "r",
    step.file && "y",
    isGated(step) && "w",
    step.exports && "e",
  ];
  return flags.filter(Boolean).join("") || "-";
}

/** What a reader should know of a step before its commands. */
function notesOf(step: PlanStep): string[] {
  const { checkpoint } = step;
  const notes: string[] = [];
  if (step.file) notes.push(`${step.file.action}: ${step.file.path}`);
  if (step.dependsOn.length > 0) notes.push(`after: ${step.dependsOn.join(", ")}`);
  if (checkpoint) {
    const kinds = ["checkpoint", checkpoint.atomic && "atomic", checkpoint.irreversible && "irreversible"];
    notes.push(kinds.filter(Boolean).join(", "));
    for (const path of checkpoint.stateFiles) notes.push(`state file: ${path}`);
  }
  return [...notes, ...timingNotes(step)];
}
