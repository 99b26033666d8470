// The compiler is fed with installers that are nasty or broken. Each ends in
// diagnostics or in a script that `sh -n` accepts; nothing hangs or crashes,
// and no text of the TOML runs as shell where it is data.
//
// `npm run fuzz -- --count 100000 --seed 7` tries more, `--case N` one again.
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { campaign, summaryOf } from "./campaign.js";
import { caseOf } from "./cases.js";

const seed = Number(process.env["WAYMARK_FUZZ_SEED"] ?? 1);
const count = Number(process.env["WAYMARK_FUZZ_COUNT"] ?? 10_000);
const only = process.env["WAYMARK_FUZZ_CASE"] ? Number(process.env["WAYMARK_FUZZ_CASE"]) : undefined;

/** Far beyond what it takes: a case that hangs is found by its own limit. */
const LIMIT_MS = 600_000 + count * 100;

test("each case ends in diagnostics or in a script", { timeout: LIMIT_MS }, async () => {
  const keep = process.env["WAYMARK_FUZZ_KEEP"];
  if (only !== undefined && keep) writeFileSync(keep, caseOf(seed, only).bytes);
  const result = await campaign({ seed, count, only });
  console.log(summaryOf(result));
  if (result.failures.length > 0) expect.fail(`\n${result.failures.join("\n\n")}\n`);
  if (only !== undefined || count < 10_000) return;
  // What is refused at once, or never, would try nothing.
  expect(result.accepted).toBeGreaterThan(count / 5);
  expect(result.refused).toBeGreaterThan(count / 3);
  expect(result.ran).toBeGreaterThan(count / 200);
  expect(result.codes.size).toBeGreaterThanOrEqual(40);
});
