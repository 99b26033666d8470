import { setTimeout as sleep } from "node:timers/promises";
import { expectExit, type Host } from "../host.js";
import { randomOf } from "../random.js";
import type { Experiment, Trial } from "../trial.js";
import type { Claim } from "./claim.js";

export const resumable: Claim = {
  name: "resumable",
  says: "a run that was killed anywhere resumes to the same tree",

  async prove(trial) {
    const outcomes = [
      await trial.all(trial.points((point, ended) => killedAt(trial, point, ended))),
    ];
    // One that comes when the run is over is tried again.
    const { kills } = trial.options;
    const sofar = { tried: 0, killed: 0 };
    while (sofar.killed < kills && sofar.tried < kills * TRIES) {
      const outcome = await trial.all(randomKills(trial, sofar));
      outcomes.push(outcome);
      if (outcome.findings.length > 0) break;
    }
    const none = kills > 0 && sofar.killed === 0;
    return {
      findings: outcomes.flatMap(({ findings }) => findings),
      reasons: [
        ...outcomes.flatMap(({ reasons }) => reasons),
        ...(none ? ["its steps are too short to be killed inside"] : []),
      ],
      tried: outcomes.reduce((sum, { tried }) => sum + tried, 0),
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

/** As many kills inside steps as are still missing. */
function* randomKills(
  trial: Trial,
  sofar: { tried: number; killed: number },
): Iterable<Experiment> {
  const { kills, seed } = trial.options;
  const { steps } = trial.installer.plan;
  for (let missing = kills - sofar.killed; missing > 0; missing--) {
    const random = randomOf(seed, sofar.tried++);
    const step = steps[Math.floor(random() * steps.length)]?.id ?? "";
    yield {
      title: `run, killed at a random instant of step ${step}, then resume`,
      async run(host) {
        if (!(await killInside(host, trial, step, random()))) return;
        sofar.killed += 1;
        await resumes(host, trial);
      },
    };
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
