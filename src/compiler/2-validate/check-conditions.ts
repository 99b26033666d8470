import type { SyntaxTree } from "../1-parse/parse.js";
import type { Place } from "../source.js";
import { reportCrlf } from "./check-scripts.js";
import type { ConditionsToml } from "./condition-schema.js";
import { listOf, parseFileMode } from "./conditions.js";
import { draftSteps, hasNoCommands } from "./draft-steps.js";
import { readEre } from "./ere.js";
import type { Draft, InstallerToml } from "./schema.js";
import { parseStatePath } from "./state-path.js";

type Path = readonly (string | number)[];

const TABLES = ["preconditions", "postconditions"] as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is no option of a tool, no pattern, and one word in each of them. */
const PLAIN_NAMES = {
  packages_absent: /^[A-Za-z0-9][A-Za-z0-9._+:@-]*$/,
  service_active: /^[A-Za-z0-9_][A-Za-z0-9_.:@\\-]*$/,
  user: /^(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z0-9_][A-Za-z0-9._-]*\$?)$/,
  group: /^(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z0-9_][A-Za-z0-9._-]*\$?)$/,
};

/** Each condition says something that a host can be asked. */
export function checkConditions(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  for (const { step, path, label } of draftSteps(draft)) {
    for (const key of ["when", "unless"] as const) {
      checkCommand(step[key], `${key}`, label, [...path, key], tree);
    }
    for (const key of TABLES) {
      const table = step[key];
      if (table !== undefined) checkTable(table, label, [...path, key], tree);
    }
  }
}

function checkTable(
  table: Draft<ConditionsToml>,
  step: string,
  at: Path,
  tree: SyntaxTree,
): void {
  if (isEmpty(tree, at)) {
    tree.log.report("WM0281", { step, table: String(at.at(-1)) }, tree.keyAt(at));
  }
  checkPaths(table, at, tree);
  checkModes(table, at, tree);
  checkVariables(table, at, tree);
  for (const key of ["packages_absent", "service_active"] as const) {
    eachOf(table[key], [...at, key], tree, (name, path) => {
      if (!PLAIN_NAMES[key].test(name)) {
        tree.log.report("WM0286", { key, value: name }, tree.valueAt(path));
      }
    });
  }
  eachOf(table.user_in_group, [...at, "user_in_group"], tree, (one, path) => {
    for (const key of ["user", "group"] as const) {
      const name = one[key];
      if (name !== undefined && !PLAIN_NAMES[key].test(name)) {
        tree.log.report("WM0286", { key, value: name }, tree.valueAt([...path, key]));
      }
    }
  });
  eachOf(table.command_succeeds, [...at, "command_succeeds"], tree, (command, path) =>
    checkCommand(command, "command_succeeds", step, path, tree),
  );
}

function checkPaths(table: Draft<ConditionsToml>, at: Path, tree: SyntaxTree): void {
  eachOf(table.file_exists, [...at, "file_exists"], tree, (path, place) =>
    checkPath(path, "file_exists", place, tree),
  );
}

function checkPath(path: string, key: string, at: Path, tree: SyntaxTree): void {
  if (parseStatePath(path) !== undefined) return;
  tree.log.report("WM0282", { key, path }, tree.valueAt(at));
}

/** A mode is one, and for a file. */
function checkModes(table: Draft<ConditionsToml>, at: Path, tree: SyntaxTree): void {
  // Also one of a wrong shape is one: it was meant to be there.
  const hasFile = has(tree, [...at, "file_exists"]);
  eachOf(table.file_mode, [...at, "file_mode"], tree, (text, path) => {
    const parsed = parseFileMode(text);
    if (parsed === undefined) {
      tree.log.report("WM0283", { value: text }, tree.valueAt(path));
    } else if (parsed.path !== undefined) {
      checkPath(parsed.path, "file_mode", path, tree);
    } else if (!hasFile) {
      tree.log.report("WM0284", { mode: text }, tree.valueAt(path));
    }
  });
}

function checkVariables(table: Draft<ConditionsToml>, at: Path, tree: SyntaxTree): void {
  for (const [name, text] of Object.entries(table.env_matches ?? {})) {
    const path = [...at, "env_matches", name];
    if (!NAME.test(name)) {
      tree.log.report("WM0287", { name }, tree.keyAt(path));
    }
    const ere = text === undefined ? undefined : readEre(text);
    if (text !== undefined && ere?.ok === false) {
      const { reason, write } = ere;
      const facts = { name, value: text, reason, ...(write === undefined ? {} : { write }) };
      tree.log.report("WM0285", facts, tree.valueAt(path));
    }
  }
}

/** A command of the author's has commands, and no line ends of another system. */
function checkCommand(
  text: string | undefined,
  key: string,
  step: string,
  at: Path,
  tree: SyntaxTree,
): void {
  if (text === undefined) return;
  const place = (): Place => tree.valueAt(at);
  if (hasNoCommands(text)) tree.log.report("WM0280", { key }, place());
  else reportCrlf(text, `\`${key}\``, step, place, tree);
}

/** Calls with each value, and where it stands; a list of none is reported. */
function eachOf<T>(
  value: T | readonly (T | undefined)[] | undefined,
  at: Path,
  tree: SyntaxTree,
  use: (one: T, at: Path) => void,
): void {
  if (value === undefined) return;
  const single = !Array.isArray(value);
  const all = listOf(value as T | readonly (T | undefined)[]);
  if (all.length === 0) tree.log.report("WM0280", { key: String(at.at(-1)) }, tree.valueAt(at));
  all.forEach((one, index) => {
    if (one !== undefined) use(one as T, single ? at : [...at, index]);
  });
}

/** What the file itself has at a path. */
function valueIn(tree: SyntaxTree, at: Path): unknown {
  let value = tree.value;
  for (const part of at) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function has(tree: SyntaxTree, at: Path): boolean {
  return valueIn(tree, at) !== undefined;
}

function isEmpty(tree: SyntaxTree, at: Path): boolean {
  const tables = [valueIn(tree, at), valueIn(tree, [...at, "env_matches"])];
  const keys = tables.map((table) =>
    typeof table === "object" && table !== null ? Object.keys(table).length : 0,
  );
  return keys[0] === 0 || (keys[0] === 1 && has(tree, [...at, "env_matches"]) && keys[1] === 0);
}
