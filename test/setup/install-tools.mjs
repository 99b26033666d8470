#!/usr/bin/env node
// Runs before `npm test`: installs the shells and tools that the tests run
// the emitted scripts with, where this is a Debian host and we are root.
// Elsewhere it names what is missing; the tests skip that by name. It never
// fails the test run itself.
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A command, and the packages that have it, the likeliest first. */
const TOOLS = [
  ["sqlite3", "sqlite3"],
  ["curl", "curl"],
  ["dash", "dash"],
  ["bash", "bash"],
  ["busybox", "busybox"],
  ["mksh", "mksh"],
  ["ksh93", "ksh93u+m", "ksh"],
  ["yash", "yash"],
  ["zsh", "zsh"],
  ["strace", "strace"],
  ["shellcheck", "shellcheck"],
  ["shfmt", "shfmt"],
  ["make", "make"],
];

/** Whether PATH has an executable file of this name. */
function isThere(command) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

function missing() {
  return TOOLS.filter(([command]) => !isThere(command));
}

function aptGet(...args) {
  const { status } = spawnSync("apt-get", ["-qq", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: 10 * 60_000,
  });
  return status === 0;
}

function install(packages) {
  return aptGet("install", "-y", "--no-install-recommends", ...packages);
}

const wanted = missing();
if (wanted.length > 0 && process.getuid?.() === 0 && isThere("apt-get")) {
  const names = wanted.map(([, first]) => first);
  console.log(`pretest: installing ${names.join(" ")}`);
  aptGet("update");
  // One name that this release does not know would refuse them all.
  if (!install(names)) {
    for (const [, ...packages] of wanted) {
      packages.some((name) => install([name]));
    }
  }
}

const left = missing().map(([command]) => command);
if (left.length > 0) {
  console.log(`pretest: not here, its tests are skipped: ${left.join(", ")}`);
}
