import type { Experiment } from "../trial.js";
import type { Claim } from "./claim.js";

export const idempotent: Claim = {
  name: "idempotent",
  says: "a second run leaves the same tree",
  prove: (trial) => trial.all([again("run", "--fresh"), again("run")]),
};

function again(...args: readonly string[]): Experiment {
  const call = args.join(" ");
  return {
    title: `run, then ${call}`,
    async run(host) {
      await host.expect(0, ["run"]);
      const once = await host.tree();
      await host.expect(0, args);
      await host.expectTree(once, "the tree of the first run", call);
    },
  };
}
