import { Counterexample } from "../counterexample.js";
import { expectExit, LOCKED, type Host } from "../host.js";
import type { Ended } from "../process.js";
import type { Experiment, Trial } from "../trial.js";
import { holdAfter } from "../variants.js";
import type { Claim } from "./claim.js";

const SECOND_CALLS: readonly (readonly string[])[] = [
  ["run"],
  ["run", "--fresh"],
  ["resume"],
  ["rollback", "--full"],
];

/** How often two calls are started at the same instant. */
const RACES = 4;

export const exclusive: Claim = {
  name: "exclusive",
  says: "of two runs at once, one exits 4 and changes nothing",

  prove(trial) {
    const { length } = trial.installer.plan.steps;
    const counts = new Set([1, Math.ceil(length / 2), length]);
    const held = [...counts].map((count) => heldAfter(trial, count));
    return trial.all([...held, ...Array.from({ length: RACES }, () => race(trial))]);
  },
};

/** A second call while the first waits behind a step: every verb that writes. */
function heldAfter(trial: Trial, count: number): Experiment {
  const { plan } = trial.installer;
  const step = plan.steps[count - 1]?.id;
  return {
    title: `run, held after ${step}; a second call meanwhile`,
    async run(host) {
      const first = await host.start(["run", "--json"], { script: holdAfter(plan, count) });
      const waits = '"event":"step_started","step":"waymark-hold';
      if (!(await first.waitFor(waits))) {
        expectExit(await host.end(first, ["run"]), 0, ["run"]);
      }
      const held = await host.tree();
      for (const args of SECOND_CALLS) {
        const call = args.join(" ");
        await host.expect(LOCKED, args);
        await host.expectTree(held, "the tree as it was", `${call}, locked out,`);
      }
      await host.openGate(plan.installer.name);
      await expectBoth(host, trial, [await host.end(first, ["run"])]);
    },
  };
}

/** Two at the same instant: whoever is first installs, the other is done or out. */
function race(trial: Trial): Experiment {
  return {
    title: "run, twice at the same instant",
    async run(host) {
      const both = [await host.start(["run"]), await host.start(["run"])];
      const ended = await Promise.all(both.map((one) => host.end(one, ["run"])));
      await expectBoth(host, trial, ended);
    },
  };
}

async function expectBoth(
  host: Host,
  trial: Trial,
  ended: readonly Ended[],
): Promise<void> {
  const wrong = ended.filter(({ exit }) => exit !== 0 && exit !== LOCKED);
  if (wrong.length > 0 || ended.every(({ exit }) => exit === LOCKED)) {
    const codes = ended.map(({ exit }) => exit).join(" and ");
    const output = (wrong.length > 0 ? wrong : ended).map(({ stderr }) => stderr).join("");
    throw new Counterexample(`the calls exit ${codes}, not 0 and ${LOCKED}`, { output });
  }
  await host.expectTree(trial.baseline.after, "the tree of one run alone", "run");
}
