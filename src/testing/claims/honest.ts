import type { PlanStep } from "../../compiler/3-plan/plan.js";
import { Counterexample } from "../counterexample.js";
import type { Status } from "../host.js";
import type { Experiment, Trial } from "../trial.js";
import { FAILURE_EXIT, failingAt, type Failure } from "../variants.js";
import type { Claim } from "./claim.js";

/** What a run exits with whose failed step was undone, and whose was not. */
const UNDONE = 6;
const FAILED = 1;

export const honest: Claim = {
  name: "honest",
  says: "a step that fails is named, and an atomic one leaves no trace",

  prove: (trial) =>
    trial.all(
      // A step that its condition skips on this host cannot fail here.
      trial.installer.plan.steps
        .filter(({ id }) => trial.baseline.durations.has(id))
        .flatMap((step) => [
          failing(trial, step, "at its start"),
          failing(trial, step, "at its end"),
        ]),
    ),
};

function failing(trial: Trial, step: PlanStep, how: Failure): Experiment {
  return {
    title: `run, with ${step.id} made to fail ${how}`,
    async run(host) {
      const script = failingAt(trial.installer.plan, step.ordinal, how);
      const atomic = step.checkpoint?.atomic === true;
      const exit = atomic ? UNDONE : FAILED;
      const ended = await host.expect(exit, ["run"], { script });
      if (!ended.stderr.includes(step.id)) {
        throw new Counterexample(`run does not name ${step.id}`, { output: ended.stderr });
      }
      expectNamed(await host.status({ script }), step, exit, how);
      await expectLeft(trial, host, step, how, atomic);
    },
  };
}

/** What a failed step leaves: nothing if it is atomic, else what it did. */
async function expectLeft(
  trial: Trial,
  host: Parameters<Experiment["run"]>[0],
  step: PlanStep,
  how: Failure,
  atomic: boolean,
): Promise<void> {
  const after = `${step.id}, which failed ${how}${atomic ? " and is atomic" : ""},`;
  if (how === "at its start" || atomic) {
    const tree = await trial.treeAfter(step.ordinal - 1);
    await host.expectTree(tree, "the tree from right before it", after);
  } else {
    const tree = await trial.treeAfter(step.ordinal);
    await host.expectTree(tree, "the tree that its commands made", after);
  }
}

/** The status tells of that step, and of no other, that it failed. */
function expectNamed(status: Status, step: PlanStep, exit: number, how: Failure): void {
  const said = status.steps.find(({ id }) => id === step.id);
  const wanted = exit === UNDONE ? "rolled_back" : "failed";
  const failed = status.steps.filter((one) => one.exit_code !== null && one.exit_code !== 0);
  const code = said?.exit_code ?? 0;
  const asMade = step.script === undefined || how === "at its end" || code === FAILURE_EXIT;
  if (
    status.run?.status === "failed" &&
    status.run.exit_code === exit &&
    said?.status === wanted &&
    code !== 0 &&
    asMade &&
    failed.length === 1
  ) {
    return;
  }
  throw new Counterexample(`status does not say that ${step.id} failed`, {
    output: JSON.stringify({ run: status.run, step: said }),
  });
}
