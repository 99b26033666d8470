import { Unproven } from "./counterexample.js";
import { CLAIM_NAMES, type Claim, type ClaimName } from "./claims/claim.js";
import { completes } from "./claims/completes.js";
import { exclusive } from "./claims/exclusive.js";
import { honest } from "./claims/honest.js";
import { idempotent } from "./claims/idempotent.js";
import { resumable } from "./claims/resumable.js";
import { reversible } from "./claims/reversible.js";
import type { Counts } from "./host.js";
import type { Finding, Outcome, Trial } from "./trial.js";

/** In the order in which they are tried. */
export const CLAIMS: readonly Claim[] = [
  completes,
  idempotent,
  resumable,
  reversible,
  honest,
  exclusive,
];

export type Verdict = "proven" | "false" | "not proven";

/** What was found out about one claim. */
export interface ClaimResult {
  readonly claim: ClaimName;
  readonly says: string;
  readonly verdict: Verdict;
  /** What shows that it is false. */
  readonly findings: readonly Finding[];
  /** Why it is not proven. */
  readonly reasons: readonly string[];
  /** What was done for it. */
  readonly counts: Counts;
}

/**
 * Tries claims on an installer, one after the other. `told` hears of each
 * when it is decided. Without `completes` nothing else can be judged.
 */
export async function prove(
  trial: Trial,
  names: ReadonlySet<ClaimName> = new Set(CLAIM_NAMES),
  begun: (claim: Claim) => void = () => {},
  told: (result: ClaimResult) => void = () => {},
): Promise<readonly ClaimResult[]> {
  const results: ClaimResult[] = [];
  let complete = true;
  for (const claim of CLAIMS) {
    const wanted = names.has(claim.name);
    if (!wanted && claim !== completes) continue;
    if (wanted) begun(claim);
    const counted = { ...trial.counts };
    const outcome = complete ? await outcomeOf(claim, trial) : INCOMPLETE;
    const result = resultOf(claim, outcome, since(counted, trial.counts));
    if (claim === completes) complete = result.verdict === "proven";
    if (!wanted) continue;
    results.push(result);
    told(result);
  }
  return results;
}

const INCOMPLETE: Outcome = {
  findings: [],
  reasons: ["the installation does not complete here"],
  tried: 0,
};

async function outcomeOf(claim: Claim, trial: Trial): Promise<Outcome> {
  try {
    return await claim.prove(trial);
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    return { findings: [], reasons: [error.message], tried: 0 };
  }
}

function resultOf(claim: Claim, outcome: Outcome, counts: Counts): ClaimResult {
  const { findings } = outcome;
  const reasons = [...new Set(outcome.reasons)];
  const verdict = findings.length > 0 ? "false" : reasons.length > 0 ? "not proven" : "proven";
  return { claim: claim.name, says: claim.says, verdict, findings, reasons, counts };
}

function since(earlier: Counts, now: Counts): Counts {
  return {
    roots: now.roots - earlier.roots,
    calls: now.calls - earlier.calls,
    points: now.points - earlier.points,
    kills: now.kills - earlier.kills,
  };
}
