// What runs in front of `npm test`, with a stand-in for apt-get: it installs
// what is missing and can be had, names the rest, and never fails.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { projectRoot } from "./compile.js";

const isRoot = process.getuid?.() === 0;
const script = join(projectRoot, "test", "setup", "install-tools.mjs");

/** Runs it with a PATH of its own; `unknown` are packages apt does not have. */
function pretest(there: readonly string[], unknown: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "waymark-pretest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, "bin");
  const log = join(folder, "log");
  mkdirSync(bin);
  writeFileSync(log, "");
  for (const name of there) writeFileSync(join(bin, name), "", { mode: 0o755 });
  const aptGet = `#!/bin/sh
echo "$*" >>'${log}'
[ "$2" = install ] || exit 0
shift 4
for name; do
  case " ${unknown.join(" ")} " in *" $name "*) exit 100 ;; esac
done
for name; do
  case $name in ksh*) name=ksh93 ;; esac
  : >'${bin}'/$name
  /bin/chmod +x '${bin}'/$name
done
`;
  writeFileSync(join(bin, "apt-get"), aptGet, { mode: 0o755 });
  const { stdout, status } = spawnSync(process.execPath, [script], {
    env: { PATH: bin },
    encoding: "utf8",
  });
  const calls = readFileSync(log, "utf8").split("\n").slice(0, -1);
  return { stdout, status, calls };
}

const ALL =
  "sqlite3 curl dash bash busybox mksh ksh93 yash zsh strace shellcheck shfmt make".split(" ");

it("does nothing where all is there", () => {
  expect(pretest(ALL, [])).toEqual({ stdout: "", status: 0, calls: [] });
});

it.runIf(isRoot)("installs what is missing, at one go", () => {
  const { stdout, status, calls } = pretest(ALL.filter((name) => name > "m"), []);
  expect(calls).toHaveLength(2);
  expect(calls[0]).toBe("-qq update");
  expect(calls[1]).toMatch(/^-qq install -y .* curl dash bash busybox ksh93u\+m$/);
  expect(stdout).not.toContain("not here");
  expect(status).toBe(0);
});

it.runIf(isRoot)("goes one by one where a release does not know a name", () => {
  const { stdout, status, calls } = pretest(["make"], ["ksh93u+m", "shfmt"]);
  expect(calls.filter((call) => call.includes("update"))).toHaveLength(1);
  expect(calls.at(-1)).toContain("shfmt");
  expect(calls.some((call) => call.endsWith(" ksh"))).toBe(true);
  expect(stdout).toContain("not here, its tests are skipped: shfmt\n");
  expect(status).toBe(0);
});
