// What a plan with variables or exports becomes in the script, and one without.
import { describe, expect, test } from "vitest";
import { renderAssets } from "../../../../src/assets.js";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import type { Plan } from "../../../../src/compiler/3-plan/plan.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { render } from "../../../../src/compiler/4-render/render.js";
import { HEAD, sourceOf, stepToml } from "../../helpers.js";

function planOf(text: string): Plan {
  const tree = parse(sourceOf(text));
  return plan(validate(tree), tree);
}

const bodyOf = (text: string): string => render(planOf(text), renderAssets()).body;
const fingerprints = (text: string): string[] => {
  const { fingerprint, steps } = planOf(text);
  return [fingerprint, ...steps.map((step) => step.fingerprint)];
};

const PLAIN = HEAD + stepToml("a");
const VARIABLES = `${HEAD}[installer.environment]\nA = "x"\nB = { from_env = true, default = "it's" }\n${stepToml("a")}`;
const EXPORTS = HEAD + stepToml("a", 'exports = ["V"]');

describe("a script", () => {
  test("without either has none of it", () => {
    expect(bodyOf(PLAIN)).not.toMatch(/rt_variables|rt_values|rt_exports|waymark_variables|--set/);
  });

  test("with variables has a line each, quoted, and the hooks", () => {
    const body = bodyOf(VARIABLES);
    expect(body).toContain(`"$1" 0 '-' B d 'it'\\''s' '' B\n`);
    expect(body).toContain("RT_PREFLIGHT=rt_variables_preflight\nRT_ENTER=rt_values_enter");
    expect(body).toMatch(/\{ trap - 0; rt_variables_main /);
    expect(body).toContain('waymark_plan() {\n\trt_values_before "$1"\n');
  });

  test("with exports has a function for its step, and a flag", () => {
    const body = bodyOf(EXPORTS);
    expect(body).toContain("export_a() {\n\trt_exports_take 1 a V\n}\n");
    expect(body).toContain('"$1" 1 a a ');
    expect(body).toMatch(/^\t"\$1" 1 a a 'Step a' xe /m);
  });

  test("of a long plan calls the hook once", () => {
    const steps = Array.from({ length: 150 }, (_, i) => stepToml(`s${i}`)).join("");
    const body = bodyOf(`${HEAD}[installer.environment]\nA = "x"\n${steps}`);
    expect(body.match(/^\trt_values_before "\$1"$/gm)).toHaveLength(1);
  });
});

describe("fingerprints", () => {
  test("change with the installer's variables for the plan alone", () => {
    const [plain, ...plainSteps] = fingerprints(PLAIN);
    const [changed, ...steps] = fingerprints(VARIABLES);
    expect(changed).not.toBe(plain);
    expect(steps).toEqual(plainSteps);
    expect(fingerprints(VARIABLES.replace('"x"', '"y"'))[0]).not.toBe(changed);
  });

  test("of a step change with its own variables and with what it exports", () => {
    const [, plain] = fingerprints(PLAIN);
    const [, own] = fingerprints(HEAD + stepToml("a", "", '[step.environment]\nA = "x"'));
    const [, exporting] = fingerprints(EXPORTS);
    expect(new Set([plain, own, exporting]).size).toBe(3);
  });

  test("do not change with what must be true of a value", () => {
    const text = `${HEAD}[installer.environment]\nA = { default = "x" }\n${stepToml("a")}`;
    const checked = text.replace('"x" }', '"x", validate = "[a-z]" }');
    expect(fingerprints(checked)).toEqual(fingerprints(text));
  });
});
