import type { SyntaxTree } from "../1-parse/parse.js";
import { InternalError } from "../diagnostics/diagnostic.js";
import { interpreterWords } from "../interpreter.js";
import type { Asset } from "../source.js";
import { checkActions } from "./check-actions.js";
import { checkCheckpoints } from "./check-checkpoints.js";
import { checkConditions } from "./check-conditions.js";
import { checkDependencies } from "./check-dependencies.js";
import { checkEnvironment, toVariables } from "./check-environment.js";
import { checkFileActions } from "./check-file-actions.js";
import { checkIds } from "./check-ids.js";
import { checkRequirements, toRequirements } from "./check-requirements.js";
import { checkScripts, textOf } from "./check-scripts.js";
import { checkStateFiles, covered } from "./check-state-files.js";
import { checkText } from "./check-text.js";
import { checkTiming } from "./check-timing.js";
import { toConditions } from "./conditions.js";
import { hasNoCommands } from "./draft-steps.js";
import { isFileAction, takesPlace } from "./file-actions.js";
import type { InstallerToml, StepToml } from "./schema.js";
import { checkShape } from "./shape.js";
import type { FileAction, Spec, SpecCheckpoint, SpecScript, SpecStep } from "./spec.js";
import { formatStatePath, parseStatePath } from "./state-path.js";
import { toOnFailure, toTiming } from "./timing.js";

/**
 * Phase 2: values to a spec, with every default filled in. All that is wrong
 * with the file is reported at once, what would stop the next phase as well:
 * the checks work on what is left when all of a wrong shape is taken out.
 */
export function validate(tree: SyntaxTree): Spec {
  const read = readOnce(tree.source.asset);
  const draft = checkShape(tree);
  checkText(draft, tree);
  checkIds(draft, tree);
  if (draft.step?.length === 0) tree.log.report("WM0213", {}, tree.keyAt(["step"]));
  checkRequirements(draft, tree);
  checkDependencies(draft, tree);
  checkActions(draft, tree);
  checkFileActions(draft, tree, read);
  checkScripts(draft, tree, read);
  checkStateFiles(draft, tree);
  checkCheckpoints(draft, tree);
  checkConditions(draft, tree);
  checkTiming(draft, tree);
  checkEnvironment(draft, tree);
  tree.log.throwIfErrors();

  // Without an error nothing that the schema asks for was taken out.
  const toml = draft as InstallerToml;
  const { requirements: demands, ...installer } = toml.installer;
  const requirements = toRequirements(demands);
  return {
    installer: { ...withoutUndefined({ ...installer, environment: undefined }), ...environmentOf(installer) },
    ...(requirements === undefined ? {} : { requirements }),
    steps: toml.step.map((step) => toSpecStep(step, read)),
  };
}

function toSpecStep(step: StepToml, read: (file: string) => Asset): SpecStep {
  const file = toFileAction(step, read);
  const undoneAtFailure = step.on_failure?.preserve_state === false;
  const checkpoint = toCheckpoint(step.checkpoint, file, undoneAtFailure);
  const timing = toTiming(step);
  const onFailure = toOnFailure(step);
  return {
    id: step.id,
    name: step.name,
    action: step.action,
    dependsOn: [...new Set(step.depends_on ?? [])],
    ...(step.script === undefined ? {} : { script: toScript(step.script, read) }),
    ...(file === undefined ? {} : { file }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    verification: (step.verification?.commands ?? []).map(({ cmd, expect }) =>
      expect === undefined || expect === "" ? { cmd } : { cmd, expect },
    ),
    ...toSpecConditions(step),
    ...(timing === undefined ? {} : { timing }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...environmentOf(step),
    ...(step.exports === undefined || step.exports.length === 0 ? {} : { exports: [...new Set(step.exports)] }),
  };
}

/** Without what a step does not have: its fingerprint stays as it was. */
function toSpecConditions(step: StepToml): Partial<SpecStep> {
  const { when, unless } = step;
  const before = toConditions(step.preconditions);
  const after = toConditions(step.postconditions);
  return {
    ...(when === undefined ? {} : { when: withoutLineEnds(when) }),
    ...(unless === undefined ? {} : { unless: withoutLineEnds(unless) }),
    ...(before.length === 0 ? {} : { preconditions: before }),
    ...(after.length === 0 ? {} : { postconditions: after }),
  };
}

/** The variables of a table; no key where there are none. */
function environmentOf({ environment }: Pick<StepToml, "environment">): Pick<SpecStep, "environment"> {
  const variables = toVariables(environment);
  return variables.length === 0 ? {} : { environment: variables };
}

function toScript(
  script: NonNullable<StepToml["script"]>,
  read: (file: string) => Asset,
): SpecScript {
  const found = textOf(script, read);
  if (found?.ok !== true) throw new InternalError("a script was not checked");
  return {
    text: endInNewline(found.text),
    interpreter: interpreterWords(script.interpreter),
    errexit: script.errexit ?? true,
  };
}

function toFileAction(step: StepToml, read: (file: string) => Asset): FileAction | undefined {
  const { action, mode, owner } = step;
  if (!isFileAction(action)) return undefined;
  const path = tidied(step.path ?? "");
  const looks = withoutUndefined({ mode: mode?.padStart(4, "0"), owner });
  const content = (): string => {
    const found = step.source === undefined ? undefined : read(step.source);
    return found?.ok === true ? found.text : (step.content ?? "");
  };
  switch (action) {
    case "file-write":
      return { action, path, content: content(), ...looks };
    case "directory":
      return { action, path, ...looks };
    case "symlink":
      return { action, path, target: step.target ?? "" };
    case "line-in-file":
      return { action, path, line: step.line ?? "" };
    case "block-in-file":
      return { action, path, content: endInNewline(content()), comment: step.comment ?? "#" };
  }
}

/**
 * A file action is undone by itself: it has a checkpoint without a table, is
 * atomic unless that says otherwise, and tracks the path that it replaces.
 */
function toCheckpoint(
  table: StepToml["checkpoint"],
  file: FileAction | undefined,
  undoneAtFailure: boolean,
): SpecCheckpoint | undefined {
  const given = table?.enabled === false ? undefined : table;
  const checkpoint = given && undoneAtFailure ? { ...given, atomic: true } : given;
  if (file === undefined) return checkpoint && checkpointOf(checkpoint);
  const paths = takesPlace(file.action) ? [file.path] : [];
  return checkpointOf({
    atomic: true,
    ...checkpoint,
    state_files: [...(checkpoint?.state_files ?? []), ...paths],
  });
}

function checkpointOf(checkpoint: NonNullable<StepToml["checkpoint"]>): SpecCheckpoint {
  const { rollback } = checkpoint;
  const undo = rollback === undefined || hasNoCommands(rollback) ? undefined : rollback;
  return {
    ...(undo === undefined ? {} : { rollback: endInNewline(undo) }),
    stateFiles: toStateFiles(checkpoint.state_files ?? []),
    atomic: checkpoint.atomic ?? false,
    snapshot: checkpoint.snapshot ?? true,
    irreversible: checkpoint.irreversible ?? false,
  };
}

/** Tidied, and without those that another one takes in. */
function toStateFiles(paths: readonly string[]): string[] {
  const parsed = new Map(
    paths.map((path, index) => {
      const one = parseStatePath(path);
      if (one === undefined) throw new InternalError("a state file was not checked");
      return [index, one] as const;
    }),
  );
  const inside = covered(parsed);
  return [...parsed]
    .filter(([index]) => !inside.has(index))
    .map(([, path]) => formatStatePath(path));
}

function tidied(path: string): string {
  const parsed = parseStatePath(path);
  if (parsed === undefined) throw new InternalError("a path was not checked");
  return formatStatePath(parsed);
}

/** Trailing newlines become one; all else is the author's. */
function endInNewline(text: string): string {
  return `${withoutLineEnds(text)}\n`;
}

function withoutLineEnds(text: string): string {
  return text.replace(/\n+$/, "");
}

/** A file that several steps name is read once, and so is the same for all. */
function readOnce(asset: (file: string) => Asset): (file: string) => Asset {
  const known = new Map<string, Asset>();
  return (file) => {
    let found = known.get(file);
    if (found === undefined) known.set(file, (found = asset(file)));
    return found;
  };
}

type WithoutUndefined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): WithoutUndefined<T> {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries) as WithoutUndefined<T>;
}
