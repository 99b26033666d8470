#!/usr/bin/env node
// What a checkpoint costs: `npm run bench -- [--steps 200,1000,5000]
// [--rounds N] [--shells dash,bash,busybox] [--dir DIR]`. All contenders run
// in turn, round by round, in one run; the numbers are medians.
//
// On ext4 a file that is created within minutes of many being deleted costs up
// to 30 times more: inodes that were freed lately are passed over. So each run
// has a folder of its own, nothing is deleted before the end, and a run that
// follows tests, a build or another benchmark at once measures those too.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { CONTENDERS, installerToml } from "./contenders.mjs";
import { fileSystemOf, median, Workshop } from "./measure.mjs";

const SHELLS = {
  dash: ["dash"],
  bash: ["bash"],
  busybox: ["busybox", "ash"],
  mksh: ["mksh"],
  ksh93: ["ksh93"],
  yash: ["yash"],
  zsh: ["zsh", "--emulate", "sh"],
};

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "200,1000,5000" },
    rounds: { type: "string" },
    shells: { type: "string", default: "dash" },
    dir: { type: "string", default: tmpdir() },
  },
});

const { compile: compileSource } = await import("../../dist/index.js").catch(() => {
  console.error("bench: dist/ is not there; run npm run build first");
  process.exit(1);
});

const compiled = new Map();

function compile(text) {
  if (!compiled.has(text)) {
    const asset = (path) => ({ ok: false, reason: `${path}: not here` });
    compiled.set(text, compileSource({ path: "installer.toml", text, asset }).text);
  }
  return compiled.get(text);
}

function isThere(command) {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

/** Rounds enough for a median, fewer where a round takes long. */
function roundsFor(steps) {
  if (flags.rounds) return Number(flags.rounds);
  return steps > 2000 ? 3 : 7;
}

/** Medians in milliseconds of a whole run, a contender each. */
function race(workshop, shell, steps, contenders) {
  const times = new Map(contenders.map(({ key }) => [key, []]));
  for (let round = 0; round < roundsFor(steps); round++) {
    for (const { key, prepare } of contenders) {
      const folder = workshop.folder();
      const command = prepare(folder, shell, steps, compile);
      times.get(key).push(workshop.time(command, folder));
    }
  }
  return new Map([...times].map(([key, all]) => [key, median(all)]));
}

/** Forks, execs and syncs a step: what 20 steps more cost more. */
function calls(workshop, shell, contender) {
  const [few, many] = [20, 40].map((steps) => {
    const folder = workshop.folder();
    return workshop.count(contender.prepare(folder, shell, steps, compile), folder);
  });
  const each = (key) => String((many[key] - few[key]) / 20);
  return `${each("forks")}/${each("execs")}/${each("syncs")}`;
}

function row(cells, widths) {
  console.log(cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  "));
}

function report(workshop, name, stepCounts, contenders) {
  const shell = SHELLS[name];
  const straced = isThere("strace") && spawnSync("strace", ["true"]).status === 0;
  const once = race(workshop, shell, 1, contenders);
  const medians = stepCounts.map((steps) => race(workshop, shell, steps, contenders));
  const widths = [44, ...stepCounts.map(() => 8), 9];

  console.log(`\n${name}: milliseconds a step`);
  row(["steps", ...stepCounts.map(String), straced ? "calls" : ""], widths);
  for (const contender of contenders) {
    const { key, title } = contender;
    const cells = medians.map((of, i) => (of.get(key) / stepCounts[i]).toFixed(2));
    row([title, ...cells, straced ? calls(workshop, shell, contender) : ""], widths);
  }
  if (straced) console.log("calls: forks/execs/syncs a step");

  const whole = (key, i) => medians[i].get(key) / stepCounts[i];
  // What a step more costs: each contender's own start and end taken off.
  const step = (key, i) => (medians[i].get(key) - once.get(key)) / (stepCounts[i] - 1);
  const others = contenders.filter((one) => one.key !== "waymark");
  for (const [what, cost] of [["a whole waymark run", whole], ["a step more of waymark", step]]) {
    console.log(`\n${name}: ${what}, in times of`);
    for (const { key, title } of others) {
      const cells = stepCounts.map((_, i) => (cost("waymark", i) / cost(key, i)).toFixed(2));
      row([title, ...cells], widths);
    }
  }
  const alone = once.get("waymark") - once.get("bare");
  console.log(`start and end of a waymark run, with its one step: ${alone.toFixed(0)} ms`);
}

const stepCounts = flags.steps.split(",").map(Number);
const names = flags.shells.split(",");
const unknown = names.filter((name) => !SHELLS[name]);
if (unknown.length > 0 || stepCounts.some((n) => !(n > 1))) {
  console.error(`bench: shells are ${Object.keys(SHELLS).join(", ")}; steps are numbers`);
  process.exit(2);
}

const root = mkdtempSync(join(flags.dir, "waymark-bench-"));
try {
  const workshop = new Workshop(root);
  const contenders = CONTENDERS.filter(({ key }) => key !== "make" || isThere("make"));
  console.log(`on ${fileSystemOf(root)} (${root}), ${cpus().length} cores`);
  for (const steps of stepCounts) {
    const start = performance.now();
    const bytes = compile(installerToml(steps)).length;
    const took = (performance.now() - start).toFixed(0);
    console.log(`compiled ${steps} steps in ${took} ms: ${Math.ceil(bytes / 1024)} KB`);
  }
  for (const name of names) {
    if (isThere(SHELLS[name][0])) report(workshop, name, stepCounts, contenders);
    else console.log(`\n${name}: not here, skipped`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
