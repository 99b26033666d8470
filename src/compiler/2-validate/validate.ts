import type { SyntaxTree } from "../1-parse/parse.js";
import { InternalError } from "../diagnostics/diagnostic.js";
import { interpreterWords } from "../interpreter.js";
import type { Asset } from "../source.js";
import { checkActions } from "./check-actions.js";
import { checkCheckpoints } from "./check-checkpoints.js";
import { checkDependencies } from "./check-dependencies.js";
import { checkEnvironment, toVariables } from "./check-environment.js";
import { checkIds } from "./check-ids.js";
import { checkScripts, textOf } from "./check-scripts.js";
import { checkStateFiles, covered } from "./check-state-files.js";
import { checkText } from "./check-text.js";
import { hasNoCommands } from "./draft-steps.js";
import type { InstallerToml, StepToml } from "./schema.js";
import { checkShape } from "./shape.js";
import type { Spec, SpecCheckpoint, SpecScript, SpecStep } from "./spec.js";
import { formatStatePath, parseStatePath } from "./state-path.js";

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
  checkDependencies(draft, tree);
  checkActions(draft, tree);
  checkScripts(draft, tree, read);
  checkStateFiles(draft, tree);
  checkCheckpoints(draft, tree);
  checkEnvironment(draft, tree);
  tree.log.throwIfErrors();

  // Without an error nothing that the schema asks for was taken out.
  const toml = draft as InstallerToml;
  return {
    installer: { ...withoutUndefined({ ...toml.installer, environment: undefined }), ...environmentOf(toml.installer) },
    steps: toml.step.map((step) => toSpecStep(step, read)),
  };
}

function toSpecStep(step: StepToml, read: (file: string) => Asset): SpecStep {
  const checkpoint = toCheckpoint(step.checkpoint);
  return {
    id: step.id,
    name: step.name,
    action: step.action,
    dependsOn: [...new Set(step.depends_on ?? [])],
    ...(step.script === undefined ? {} : { script: toScript(step.script, read) }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    verification: (step.verification?.commands ?? []).map(({ cmd, expect }) =>
      expect === undefined || expect === "" ? { cmd } : { cmd, expect },
    ),
    ...environmentOf(step),
    ...(step.exports === undefined || step.exports.length === 0 ? {} : { exports: [...new Set(step.exports)] }),
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

function toCheckpoint(
  checkpoint: StepToml["checkpoint"],
): SpecCheckpoint | undefined {
  if (checkpoint === undefined || checkpoint.enabled === false) return undefined;
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

/** Trailing newlines become one; all else is the author's. */
function endInNewline(text: string): string {
  return `${text.replace(/\n+$/, "")}\n`;
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
