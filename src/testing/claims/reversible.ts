import type { PlanStep } from "../../compiler/3-plan/plan.js";
import { expectExit, type Host } from "../host.js";
import type { Experiment, Outcome, Trial } from "../trial.js";
import type { Tree } from "../tree.js";
import { failingAt, type Failure } from "../variants.js";
import type { Claim } from "./claim.js";

export const reversible: Claim = {
  name: "reversible",
  says: "a rollback gives the tree from before",

  async prove(trial) {
    const outcomes: Outcome[] = [];
    const targets = targetsOf(trial);
    outcomes.push(await trial.all([...targets.map((target) => rolledBack(trial, target))]));
    outcomes.push(await trial.all(afterFailures(trial)));
    for (const target of targets) {
      if (outcomes.some(({ findings }) => findings.length > 0)) break;
      outcomes.push(
        await trial.all(trial.points((point, ended) => killedAt(trial, target, point, ended))),
      );
    }
    return {
      findings: outcomes.flatMap(({ findings }) => findings),
      reasons: [...outcomes.flatMap(({ reasons }) => reasons), ...pointOfNoReturn(trial)],
      tried: outcomes.reduce((sum, { tried }) => sum + tried, 0),
    };
  },
};

/** A call of rollback, and the tree that it promises. */
interface Target {
  readonly args: readonly string[];
  readonly meaning: string;
  /** Whether nothing of the installer should run any more. */
  readonly whole: boolean;
  /** Without an answer where it must refuse. */
  readonly tree: (() => Promise<Tree>) | undefined;
}

function targetsOf(trial: Trial): readonly Target[] {
  const { steps } = trial.installer.plan;
  const last = lastIrreversible(trial)?.ordinal ?? 0;
  const full: Target = {
    args: ["rollback", "--full"],
    meaning: "the tree from before",
    whole: true,
    tree: last > 0 ? undefined : () => trial.treeAfter(0),
  };
  const partial = steps
    .filter((step) => step.checkpoint !== undefined)
    .map((step) => ({
      args: ["rollback", "--to", step.id],
      meaning: `the tree right after ${step.id}`,
      whole: false,
      tree: step.ordinal < last ? undefined : () => trial.treeAfter(step.ordinal),
    }));
  return [full, ...partial];
}

function lastIrreversible(trial: Trial): PlanStep | undefined {
  return trial.installer.plan.steps.findLast((step) => step.checkpoint?.irreversible);
}

/** What no rollback is asked to undo, nobody can judge. */
function pointOfNoReturn(trial: Trial): readonly string[] {
  const step = lastIrreversible(trial);
  if (step === undefined) return [];
  return [`step ${step.id} is irreversible: what it and the steps before it did stays`];
}

function rolledBack(trial: Trial, target: Target): Experiment {
  return {
    title: `run, then ${target.args.join(" ")}`,
    async run(host) {
      await host.expect(0, ["run"]);
      if (target.tree === undefined) await refuses(host, target);
      else await undoes(host, target, await target.tree());
    },
  };
}

async function undoes(host: Host, target: Target, tree: Tree): Promise<void> {
  const call = target.args.join(" ");
  expectExit(await host.call(target.args), 0, target.args);
  await host.expectTree(tree, target.meaning, call);
  if (target.whole) await host.expectNoProcess(call);
}

/** A rollback does not cross an irreversible step. */
async function refuses(host: Host, target: Target): Promise<void> {
  const installed = await host.tree();
  await host.expect(2, target.args);
  await host.expectTree(installed, "the tree as it was", `${target.args.join(" ")}, refused,`);
}

function killedAt(
  trial: Trial,
  target: Target,
  point: number,
  ended: () => void,
): Experiment {
  const call = target.args.join(" ");
  return {
    title: `run, then ${call}, killed at point ${point}, then ${call} again`,
    async run(host) {
      if (target.tree === undefined) return ended();
      await host.expect(0, ["run"]);
      if (await host.killedAt(point, target.args)) await undoes(host, target, await target.tree());
      else ended();
    },
  };
}

/** What a failed step left behind is undone as well. */
function* afterFailures(trial: Trial): Iterable<Experiment> {
  const { plan } = trial.installer;
  const [full] = targetsOf(trial);
  if (full?.tree === undefined) return;
  for (const step of plan.steps) {
    for (const how of ["at its start", "at its end"] as const) {
      yield afterFailure(trial, full, step, how);
    }
  }
}

function afterFailure(trial: Trial, full: Target, step: PlanStep, how: Failure): Experiment {
  return {
    title: `run, with ${step.id} made to fail ${how}, then ${full.args.join(" ")}`,
    async run(host) {
      const script = failingAt(trial.installer.plan, step.ordinal, how);
      await host.call(["run"], { script });
      await undoes(host, full, trial.baseline.before);
    },
  };
}
