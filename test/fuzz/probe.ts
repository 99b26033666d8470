import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Shell } from "../setup/shells.js";
import type { Host } from "./host.js";
import type { Fault } from "./judge.js";
import { type Tame, stepsOf } from "./tame.js";

/** The verbs that change nothing, and run nothing of the author's. */
const LOOKING: readonly (readonly string[])[] = [
  ["help"],
  ["version"],
  ["plan"],
  ["plan", "--json"],
  ["status", "--json"],
];

/**
 * Asks an emitted script all that can be asked without running it: nothing of
 * the TOML may run, nothing may change, and ids and names come back as they are.
 */
export async function probe(host: Host, shell: Shell, file: string, text: string): Promise<Fault[]> {
  host.reset();
  const faults: Fault[] = [];
  for (const verb of LOOKING) {
    const call = `${shell.name} install.sh ${verb.join(" ")}`;
    const { exit, stdout, stderr } = await host.run(shell, file, verb);
    if (exit !== 0) {
      faults.push({ kind: "a verb failed", detail: `${call}: exit ${exit}\n${stderr.slice(0, 1000)}` });
    } else {
      const wrong = answered(verb.join(" "), stdout, text);
      faults.push(...wrong.map((detail) => ({ kind: "a text changed", detail: `${call}: ${detail}` })));
    }
  }
  faults.unshift(...ran(host, shell.name));
  const changes = host.changes();
  if (changes.length > 0) {
    const detail = `${shell.name}: ${changes.join(", ")}`;
    faults.push({ kind: "a verb that looks changed something", detail });
  }
  return faults;
}

/** Runs a tame script and undoes it: all succeeds, and its texts arrive. */
export async function run(host: Host, shell: Shell, file: string, tame: Tame): Promise<Fault[]> {
  host.reset();
  const faults: Fault[] = [];
  const call = async (...args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await host.run(shell, file, args);
    const told = `${shell.name} install.sh ${args.join(" ")}: exit ${exit}\n${stderr.slice(0, 1000)}`;
    if (exit !== 0) faults.push({ kind: "a tame run failed", detail: told });
    return stdout;
  };
  await call("run");
  const status = await call("status", "--json");
  if (faults.length > 0) return [...ran(host, shell.name), ...faults];
  const folder = (JSON.parse(status) as { dir: string }).dir;
  const changed = [
    ...answered("status --json", status, tame.toml),
    ...[...tame.logs].flatMap(([id, log]) =>
      read(join(folder, "logs", `${id}.1.log`)) === log ? [] : [`the text of ${id} did not arrive whole`],
    ),
    ...[...tame.rollbacks].flatMap(([id, rollback]) =>
      read(join(folder, "rollback", `${id}.sh`)).includes(rollback) ? [] : [`the rollback of ${id} did not arrive whole`],
    ),
  ];
  faults.push(...changed.map((detail) => ({ kind: "a text changed", detail: `${shell.name}: ${detail}` })));
  await call("rollback", "--full", "--force");
  faults.unshift(...ran(host, shell.name));
  const left = host.changes().filter((line) => !/^[+~] home(?:\/\.local.*)?:/s.test(line));
  if (left.length > 0) faults.push({ kind: "a tame run left something", detail: `${shell.name}: ${left.join(", ")}` });
  return faults;
}

/** The canary's calls, or the files of its name: data was read as shell. */
function ran(host: Host, where: string): Fault[] {
  const calls = host.canary();
  const files = host.betrayed();
  if (calls === undefined && files.length === 0) return [];
  const detail = `${where}: data ran as shell: ${calls ?? files.join(", ")}`;
  return [{ kind: "data ran", detail }];
}

/** Where an answer does not hold the ids and names of the TOML. */
function answered(verb: string, stdout: string, text: string): string[] {
  try {
    return different(verb, stdout, stepsOf(text));
  } catch (error) {
    return [`no JSON: ${String(error)}: ${stdout.slice(0, 500)}`];
  }
}

function different(verb: string, stdout: string, steps: { id: string; name: string }[]): string[] {
  if (verb === "plan --json") {
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { step: string });
    return sameSet("ids", lines.map(({ step }) => step), steps.map(({ id }) => id));
  }
  if (verb !== "status --json") return stdout === "" ? ["no answer"] : [];
  const status = JSON.parse(stdout) as { steps: { id: string; name: string }[] };
  const pair = ({ id, name }: { id: string; name: string }): string => JSON.stringify([id, name]);
  return sameSet("ids and names", status.steps.map(pair), steps.map(pair));
}

/** A plan has an order of its own: that is not the subject here. */
function sameSet(what: string, is: readonly string[], should: readonly string[]): string[] {
  const [one, other] = [[...is].sort().join("\n"), [...should].sort().join("\n")];
  return one === other ? [] : [`${what}: ${one} instead of ${other}`];
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
