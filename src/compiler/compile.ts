import { renderAssets } from "../assets.js";
import { parse } from "./1-parse/parse.js";
import { validate } from "./2-validate/validate.js";
import { plan } from "./3-plan/plan-steps.js";
import { render } from "./4-render/render.js";
import { check } from "./5-check/check.js";
import type { CheckedScript } from "./5-check/checked-script.js";
import type { Source } from "./source.js";

/**
 * Compiles an installer.toml to its install.sh. Throws a CompileError with all
 * that the first phase to find errors found, and every warning until then.
 */
export function compile(source: Source): CheckedScript {
  const tree = parse(source);
  const spec = validate(tree);
  const steps = plan(spec, tree);
  const script = render(steps, renderAssets());
  return check(script, tree);
}
