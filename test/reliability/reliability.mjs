#!/usr/bin/env node
// The fault tests with large numbers, for real: `npm run reliability --
// [--shells dash,bash,busybox] [--kills N] [--signals N] [--cuts N]
// [--starts N] [--seed N] [--only NAME]`. All that is random comes from the
// seed. It prints the table of docs/reliability.md with how often each fault
// was tried, and exits 1 at the first guarantee that does not hold.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..", "..");
const faults = JSON.parse(readFileSync(join(import.meta.dirname, "faults.json"), "utf8"));

const flags = readFlags();
const folder = mkdtempSync(join(tmpdir(), "waymark-reliability-"));
const tally = join(folder, "tally");
const report = join(folder, "report.json");

const { status } = spawnSync(
  "npx",
  [
    "vitest",
    "run",
    "--project=behaviour",
    "--bail=1",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    `test/behaviour/faults/${flags.only ?? ""}`,
  ],
  {
    cwd: root,
    // The table alone goes to standard output.
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      WAYMARK_TEST_SHELLS: flags.shells,
      WAYMARK_TEST_STORES: "sqlite3,journal",
      WAYMARK_FAULTS_KILLS: flags.kills,
      WAYMARK_FAULTS_SIGNALS: flags.signals,
      WAYMARK_FAULTS_CUTS: flags.cuts,
      WAYMARK_FAULTS_STARTS: flags.starts,
      WAYMARK_FAULTS_SEED: flags.seed,
      WAYMARK_FAULTS_STRIDE: "1",
      WAYMARK_FAULTS_TALLY: tally,
    },
  },
);

printTable(countsOf(tally));
if (status !== 0) printFailures();
rmSync(folder, { recursive: true, force: true });
process.exitCode = status === 0 ? 0 : 1;

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        shells: { type: "string", default: "dash,bash,busybox" },
        kills: { type: "string", default: "200" },
        signals: { type: "string", default: "100" },
        cuts: { type: "string", default: "100" },
        starts: { type: "string", default: "100" },
        seed: { type: "string", default: "1" },
        only: { type: "string" },
      },
    });
    for (const name of ["kills", "signals", "cuts", "starts", "seed"]) {
      if (!/^[1-9]\d*$/.test(values[name])) throw new Error(`--${name} takes a number from 1 up`);
    }
    return values;
  } catch (error) {
    console.error(`reliability: ${error.message}`);
    console.error("  Say: npm run reliability -- --shells dash,bash --kills 200 --seed 1");
    process.exit(2);
  }
}

/** How often each fault was tried: all shells together. */
function countsOf(file) {
  const counts = new Map();
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  for (const line of lines) {
    const [id] = line.split("\t");
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function printTable(counts) {
  console.log("| fault | guarantees | test | tried |\n|---|---|---|---|");
  for (const { id, fault, guarantees, file } of faults) {
    const link = `[${file.replace(/^faults\/|\.test\.ts$/g, "")}](../test/behaviour/${file})`;
    console.log(`| ${fault} | ${guarantees.join(", ")} | ${link} | ${counts.get(id) ?? 0} |`);
  }
}

/** The first guarantee that did not hold, and how to see it again. */
function printFailures() {
  const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
  const failed = results.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ file: name, ...test })),
  );
  const [first] = failed;
  if (!first) {
    console.error("reliability: the tests could not be run; see above");
    return;
  }
  const only = first.file.replace(/^.*\/|\.test\.ts$/g, "");
  console.error(`\nreliability: broken: ${first.fullName}`);
  console.error(first.failureMessages[0]?.split("\n    at ")[0] ?? "");
  const numbers = ["shells", "kills", "signals", "cuts", "starts", "seed"];
  const again = numbers.map((name) => `--${name} ${flags[name]}`).join(" ");
  console.error(`See it again with:\n  npm run reliability -- ${again} --only ${only}`);
}
