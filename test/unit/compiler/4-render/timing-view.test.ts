// What of a script is there for timing and on_failure, and for nothing else.
import { describe, expect, test } from "vitest";
import { renderAssets } from "../../../../src/assets.js";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { render } from "../../../../src/compiler/4-render/render.js";
import { timedSteps } from "../../../../src/compiler/4-render/timing-view.js";
import { HEAD, sourceOf, stepToml } from "../../helpers.js";

const assets = renderAssets();
const planOf = (steps: string) => {
  const tree = parse(sourceOf(HEAD + steps));
  return plan(validate(tree), tree);
};
const bodyOf = (steps: string): string => render(planOf(steps), assets).body;
const CONTINUE = '[step.on_failure]\naction = "continue"\n';

describe("a script", () => {
  test("without them has nothing of them", () => {
    expect(bodyOf(stepToml("a"))).not.toMatch(/rt_timing|rt_timeout|rt_failure|timing_/);
  });

  test.each(['[step.timing]\ntimeout = "1m"\n', "[step.retry]\n", CONTINUE])("with %j has it all", (table) => {
    const body = bodyOf(stepToml("a", "", table));
    for (const name of ["rt_timing", "rt_timeout_start", "rt_failure_end"]) {
      expect(body).toContain(`\n${name}() {`);
    }
    expect(body).toContain('\n\ttiming_a "$1" 1 a a ');
    expect(body).toContain('\n\trt_failure_end "$1"\n}');
  });

  test("of many steps ends each of its runs once", () => {
    const steps = Array.from({ length: 120 }, (_, n) => stepToml(`s${n}`, "", n === 0 ? CONTINUE : ""));
    const body = bodyOf(steps.join(""));
    expect(body.match(/\trt_failure_end "\$1"/g)).toHaveLength(1);
    expect(body).toContain('\n\twaymark_plan_2 "$1"\n\trt_failure_end "$1"\n}');
  });

  test("holds a message as one word of data", () => {
    const table = "[step.on_failure]\nmessage = '''it's $(x)\n`y`'''\n";
    expect(bodyOf(stepToml("a", "", table))).toContain(
      `rt_timing '' '' '' 0 stop '' 'it'\\''s $(x)\n\`y\`' "$@"`,
    );
  });
});

test("the notes of a step say how long, how often, and what then", () => {
  const table = '[step.timing]\ntimeout = "10m"\nretry = { count = 3 }\n[step.on_failure]\naction = "abort"\n';
  expect(bodyOf(stepToml("a", "", table))).toContain(
    "# timeout 10m, 3 tries\n# on failure: the whole run is rolled back\nstep_a() {",
  );
});

test("what depends on a step that may be passed over can be held back, and nothing else", () => {
  const { steps } = planOf(
    stepToml("a", "", CONTINUE) +
      stepToml("b", 'depends_on = ["a"]') +
      stepToml("c", 'depends_on = ["d", "b"]') +
      stepToml("d") +
      stepToml("e", 'depends_on = ["d"]'),
  );
  expect([...timedSteps(steps)].sort()).toEqual(["a", "b", "c"]);
});
