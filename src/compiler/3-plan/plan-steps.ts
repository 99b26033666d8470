import type { SyntaxTree } from "../1-parse/parse.js";
import type { Spec } from "../2-validate/spec.js";
import { planFingerprint, sha256, stepFingerprint } from "./fingerprint.js";
import { stableOrder } from "./order.js";
import type { Plan } from "./plan.js";
import { symbolsFor } from "./symbol.js";

/** Phase 3: the spec in execution order, with what binds state to it. */
export function plan(spec: Spec, tree: SyntaxTree): Plan {
  const ordered = stableOrder(
    spec.steps,
    (step) => step.id,
    (step) => step.dependsOn,
  );
  const symbols = symbolsFor(ordered.map((step) => step.id));
  const steps = ordered.map((step, index) => ({
    ...step,
    ordinal: index + 1,
    symbol: symbols.get(step.id) as string,
    fingerprint: stepFingerprint(step),
  }));
  return {
    installer: spec.installer,
    ...(spec.requirements === undefined ? {} : { requirements: spec.requirements }),
    sourceSha256: sha256(tree.source.text),
    fingerprint: planFingerprint(spec.installer.version, steps, spec.installer.environment),
    steps,
  };
}
