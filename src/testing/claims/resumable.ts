import { setTimeout as sleep } from "node:timers/promises";
import { Unproven } from "../counterexample.js";
import { expectExit, type Host } from "../host.js";
import { randomOf } from "../random.js";
import type { Experiment, Trial } from "../trial.js";
import type { Claim } from "./claim.js";

export const resumable: Claim = {
  name: "resumable",
  says: "a run that was killed anywhere resumes to the same tree",

  async prove(trial) {
    const points = await trial.all(trial.points((point, ended) => killedAt(trial, point, ended)));
    const random = await trial.all(randomKills(trial));
    return {
      findings: [...points.findings, ...random.findings],
      reasons: [...points.reasons, ...random.reasons],
      tried: points.tried + random.tried,
    };
  },
};

function killedAt(trial: Trial, point: number, ended: () => void): Experiment {
  return {
    title: `run, killed at point ${point}, then resume`,
    async run(host) {
      if (await host.killedAt(point, ["run"])) await resumes(host, trial);
      else ended();
    },
  };
}

/** For each kill that is asked for, how many tries it may take. */
const TRIES = 5;

/** Kills inside steps. One that comes when the run is over is tried again. */
function* randomKills(trial: Trial): Iterable<Experiment> {
  const { kills, seed } = trial.options;
  const { steps } = trial.installer.plan;
  let missed = 0;
  for (let index = 0; index - missed < kills && index < kills * TRIES; index++) {
    const random = randomOf(seed, index);
    const step = steps[Math.floor(random() * steps.length)]?.id ?? "";
    yield {
      title: `run, killed at a random instant of step ${step}, then resume`,
      async run(host) {
        if (await killInside(host, trial, step, random())) await resumes(host, trial);
        else missed += 1;
      },
    };
  }
  if (kills > 0 && missed === kills * TRIES) {
    throw new Unproven("its steps are too short to be killed inside");
  }
}

/** Runs it, and kills it in the step; false where it was over before that. */
async function killInside(
  host: Host,
  trial: Trial,
  step: string,
  fraction: number,
): Promise<boolean> {
  const running = await host.start(["run", "--json"]);
  await running.waitFor(`"event":"step_started","step":"${step}"`);
  // A little more than it takes: the end of a step is an instant of it, too.
  const length = trial.baseline.durations.get(step) ?? 0;
  await sleep(fraction * length * 1.1);
  return host.kill(running);
}

/** Resumes what was killed, and asks for the tree of a run that was not. */
async function resumes(host: Host, trial: Trial): Promise<void> {
  const ended = await host.call(["resume"]);
  let verb = "resume";
  if (ended.exit === 2 && (await host.status()).run === null) {
    // It was killed before anything had begun: there is nothing to resume.
    verb = "run";
    await host.expect(0, ["run"]);
  } else {
    expectExit(ended, 0, ["resume"]);
  }
  await host.expectTree(trial.baseline.after, "the tree of an uninterrupted run", verb);
}
