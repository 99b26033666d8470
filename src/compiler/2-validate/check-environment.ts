import type { SyntaxTree } from "../1-parse/parse.js";
import type { KeyPath } from "../1-parse/spans.js";
import { nearest } from "../diagnostics/suggest.js";
import { draftSteps, type DraftStep } from "./draft-steps.js";
import { readEre, SEMVER } from "./ere.js";
import type { Draft, InstallerToml, VariableToml } from "./schema.js";
import type { SpecVariable } from "./spec.js";
import { isReadable, isSettable, POSIX_NAME } from "./variable-names.js";

type Variables = Readonly<Record<string, Draft<VariableToml> | undefined>>;

/**
 * Each variable of [installer.environment] and [step.environment] has a name
 * that every shell lets a script set, a way to a value, and an expression that
 * every grep reads; each name in `exports` is one.
 */
export function checkEnvironment(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  const common = draft.installer?.environment as Variables | undefined;
  checkTable(common, ["installer", "environment"], tree);
  for (const one of draftSteps(draft)) {
    checkTable(one.step.environment as Variables | undefined, [...one.path, "environment"], tree);
    checkExports(one, common ?? {}, tree);
  }
}

function checkTable(table: Variables | undefined, at: KeyPath, tree: SyntaxTree): void {
  // Asked of the file itself: a value of a wrong shape has a name all the same.
  for (const name of Object.keys(valueAt(tree.value, at) ?? {})) {
    checkName(name, tree, [...at, name], "key");
  }
  for (const [name, variable] of Object.entries(table ?? {})) {
    if (typeof variable === "object") checkVariable(name, variable, [...at, name], tree);
  }
}

function checkVariable(
  name: string,
  variable: Exclude<Draft<VariableToml>, string>,
  at: KeyPath,
  tree: SyntaxTree,
): void {
  const { default: value, from_env: from, required, validate, secret } = variable;
  if (required === true && value !== undefined) {
    tree.log.report("WM0294", { name }, tree.keyAt([...at, "required"]));
  }
  if (secret === true && (from === undefined || from === false)) {
    tree.log.report("WM0295", { name }, tree.keyAt([...at, "secret"]));
  }
  if (secret === true && value !== undefined && value !== "") {
    tree.log.report("WM0296", { name }, tree.keyAt([...at, "default"]));
  }
  checkSources(from, [...at, "from_env"], tree);
  if (validate === undefined) return;
  const ere = readEre(validate === "semver" ? SEMVER : validate);
  if (!ere.ok) {
    const { reason, write } = ere;
    const facts = { validate, reason, ...(write === undefined ? {} : { write }) };
    tree.log.report("WM0292", facts, tree.valueAt([...at, "validate"]));
  } else if (value !== undefined && !ere.fits(value)) {
    const facts = { name, value: secret === true ? undefined : value, validate };
    tree.log.report("WM0293", facts, tree.valueAt([...at, "default"]));
  }
}

function checkSources(from: unknown, at: KeyPath, tree: SyntaxTree): void {
  if (Array.isArray(from) && from.length === 0) tree.log.report("WM0297", {}, tree.valueAt(at));
  const names: readonly unknown[] = Array.isArray(from) ? from : [from];
  names.forEach((name, index) => {
    if (typeof name !== "string") return;
    const path = Array.isArray(from) ? [...at, index] : at;
    if (!POSIX_NAME.test(name)) tree.log.report("WM0290", named(name), tree.valueAt(path));
    else if (!isReadable(name)) tree.log.report("WM0291", { name, read: true }, tree.valueAt(path));
  });
}

function checkExports({ step, path }: DraftStep, common: Variables, tree: SyntaxTree): void {
  const seen = new Set<string>();
  step.exports?.forEach((name, index) => {
    if (name === undefined) return;
    const at = [...path, "exports", index];
    checkName(name, tree, at, "value");
    const variable = Object.hasOwn(common, name) ? common[name] : undefined;
    if (typeof variable === "object" && variable.secret === true) {
      tree.log.report("WM0298", { name }, tree.valueAt(at));
    }
    if (seen.has(name)) tree.log.report("WM0299", { name }, tree.valueAt(at));
    seen.add(name);
  });
}

function checkName(name: string, tree: SyntaxTree, at: KeyPath, part: "key" | "value"): void {
  const settable = POSIX_NAME.test(name) && isSettable(name);
  if (settable) return;
  const place = part === "key" ? tree.keyAt(at) : tree.valueAt(at);
  if (!POSIX_NAME.test(name)) tree.log.report("WM0290", named(name), place);
  else tree.log.report("WM0291", { name, read: false }, place);
}

/** A name that is none, and the one that was most likely meant. */
function named(name: string): { name: string; meant?: string } {
  const tidy = name.trim().replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  const meant = POSIX_NAME.test(tidy) ? nearest(name, [tidy]) : undefined;
  return { name, ...(meant === undefined ? {} : { meant }) };
}

function valueAt(value: unknown, path: KeyPath): object | undefined {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return typeof at === "object" && at !== null && !Array.isArray(at) && !(at instanceof Date)
    ? at
    : undefined;
}

/** The variables of a table, with every default filled in. */
export function toVariables(
  table: Readonly<Record<string, VariableToml>> | undefined,
): readonly SpecVariable[] {
  return Object.entries(table ?? {}).map(([name, variable]) => {
    const all = typeof variable === "string" ? { default: variable } : variable;
    return {
      name,
      ...(all.default === undefined ? {} : { default: all.default }),
      from: sourcesOf(name, all.from_env),
      required: all.required ?? false,
      ...(all.validate === undefined ? {} : { validate: all.validate }),
      secret: all.secret ?? false,
    };
  });
}

function sourcesOf(name: string, from: boolean | string | readonly string[] | undefined): readonly string[] {
  if (from === undefined || from === false) return [];
  if (from === true) return [name];
  return [...new Set(typeof from === "string" ? [from] : from)];
}
