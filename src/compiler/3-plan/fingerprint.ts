import { createHash } from "node:crypto";
import type { SpecStep, SpecVariable } from "../2-validate/spec.js";

/** Hex sha256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/**
 * 32 hex digits over what a step does. Its name and its rollback are left out:
 * who mends a typo or an undo command does not want the step to run again.
 */
export function stepFingerprint(step: SpecStep): string {
  const { script, checkpoint, when, unless, preconditions, postconditions } = step;
  return digest({
    action: step.action,
    dependsOn: step.dependsOn,
    script: script ?? null,
    // Left out where it is not there: the steps of old installers stay the same.
    ...(step.file === undefined ? {} : { file: step.file }),
    stateFiles: checkpoint?.stateFiles ?? [],
    atomic: checkpoint?.atomic ?? false,
    snapshot: checkpoint?.snapshot ?? true,
    verification: step.verification,
    // JSON leaves out what a step does not have.
    when,
    unless,
    preconditions,
    postconditions,
    ...(step.environment === undefined ? {} : { environment: valuesOf(step.environment) }),
    ...(step.exports === undefined ? {} : { exports: step.exports }),
  });
}

/** 32 hex digits over the version, all steps in execution order, and the environment. */
export function planFingerprint(
  version: string,
  steps: readonly { readonly id: string; readonly fingerprint: string }[],
  environment?: readonly SpecVariable[],
): string {
  return digest({
    version,
    ...(environment === undefined ? {} : { environment: valuesOf(environment) }),
    steps: steps.map(({ id, fingerprint }) => [id, fingerprint]),
  });
}

/** Where values come from: what must be true of them changes nothing. */
function valuesOf(variables: readonly SpecVariable[]): object[] {
  return variables.map(({ name, default: value, from, secret }) => ({ name, value, from, secret }));
}

function digest(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 32);
}

/** JSON with sorted keys: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        )
      : inner,
  );
}
