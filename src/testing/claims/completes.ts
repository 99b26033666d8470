import { Unproven } from "../counterexample.js";
import { varyingPaths } from "../differences.js";
import { expectExit, type Host, type Status } from "../host.js";
import { downloads } from "../network.js";
import type { Trial } from "../trial.js";
import type { Tree } from "../tree.js";
import type { Claim } from "./claim.js";

export const completes: Claim = {
  name: "completes",
  says: "run exits 0, and verification passes",

  // Twice: what differs between two roots is what nobody can judge later.
  async prove(trial) {
    const records: Recorded[] = [];
    const run = async (host: Host): Promise<void> => {
      records.push(await install(host, trial));
    };
    const outcome = await trial.all([
      { title: "run", run },
      { title: "run, in another root", run },
    ]);
    const [one, other] = records;
    if (one !== undefined && other !== undefined) {
      trial.baseline = {
        before: one.before,
        after: one.after,
        varying: varyingPaths(one.after, other.after),
        durations: new Map(
          one.status.steps.flatMap(({ id, duration_ms: ms }) => (ms === null ? [] : [[id, ms]])),
        ),
      };
    }
    return outcome;
  },
};

interface Recorded {
  readonly before: Tree;
  readonly after: Tree;
  readonly status: Status;
}

async function install(host: Host, trial: Trial): Promise<Recorded> {
  const before = await host.tree();
  const ended = await host.call(["run"]);
  if (ended.exit !== 0) await excuse(host, trial);
  expectExit(ended, 0, ["run"]);
  const after = await host.tree();
  await host.expect(0, ["verify"]);
  return { before, after, status: await host.status() };
}

/** A download that fails where there may be no network proves nothing. */
async function excuse(host: Host, trial: Trial): Promise<void> {
  if (!trial.options.sandbox.mayLackNetwork) return;
  const { steps } = await host.status();
  const failed = steps.find((step) => step.exit_code !== null && step.exit_code !== 0);
  const step = trial.installer.plan.steps.find(({ id }) => id === failed?.id);
  const from = step && downloads(step);
  if (from === undefined) return;
  throw new Unproven(`step ${step?.id} fails, and downloads (${from}): --network says that it can`);
}
