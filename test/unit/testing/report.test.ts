import { describe, expect, test } from "vitest";
import { Counterexample } from "../../../src/testing/counterexample.js";
import type { ClaimResult } from "../../../src/testing/prove.js";
import { HumanReporter, JsonReporter, type Reporter } from "../../../src/testing/report.js";

const COUNTS = { roots: 2, calls: 1, points: 3, kills: 0 };
const SUBJECT = {
  installer: "app",
  version: "1.0",
  file: "installer.toml",
  shell: "sh",
  store: "sqlite",
  sandbox: "home",
  seed: 7,
} as const;

function result(differences: number, output = ""): ClaimResult {
  const all = Array.from({ length: differences }, (_, at) => ({ path: `p${at}`, was: "absent", is: "file" }));
  const counterexample = new Counterexample("it does not", { differences: all, output });
  const finding = { title: "run", counterexample, kept: "/tmp/root" };
  const findings = differences > 0 ? [finding, { ...finding, title: "run again" }] : [];
  return {
    claim: "reversible",
    says: "a rollback undoes",
    verdict: differences > 0 ? "false" : "not proven",
    findings,
    reasons: ["step a is irreversible"],
    counts: COUNTS,
  };
}

/** All that a reporter writes of a result. */
function written(make: (write: (text: string) => void) => Reporter, of: ClaimResult): string {
  let text = "";
  const reporter = make((more) => (text += more));
  reporter.subject(SUBJECT);
  reporter.result(of);
  return text;
}

const human = (write: (text: string) => void, terminal = false) =>
  new HumanReporter({ write, terminal, color: terminal });

describe("for people", () => {
  test("a counterexample is what was done, what is wrong, and a dozen paths", () => {
    const lines = written((write) => human(write), result(20)).split("\n");
    expect(lines[0]).toBe("app 1.0 (installer.toml), in sh, store sqlite, sandbox home, seed 7");
    expect(lines[1]).toBe("  reversible  FALSE      a rollback undoes (2 roots, 1 call, 3 kill points)");
    expect(lines.slice(2, 4)).toEqual(["    run:", "    it does not"]);
    expect(lines.filter((line) => line.endsWith(": absent -> file"))).toHaveLength(12);
    expect(lines).toContain("      and 8 more");
    expect(lines).toContain("    its root is kept: /tmp/root");
    expect(lines).toContain("    and 1 more, such as: run again");
  });

  test("the last lines of the output are there, without control characters", () => {
    const output = [..."abcdefgh"].map((letter) => `${letter}\x1b[31m`).join("\n");
    const text = written((write) => human(write), result(1, output));
    expect(text).not.toContain("\x1b");
    expect(text).not.toContain("| b");
    expect(text).toContain("      | h?[31m\n");
  });

  test("what is not proven says why", () => {
    const text = written((write) => human(write), result(0));
    expect(text).toContain("  reversible  not proven a rollback undoes");
    expect(text).toContain("    not proven: step a is irreversible\n");
  });

  test("a terminal has a line that counts, and it is gone in the end", () => {
    let text = "";
    const reporter = human((more) => (text += more), true);
    reporter.begun({ name: "honest", says: "", prove: async () => ({ findings: [], reasons: [], tried: 0 }) });
    reporter.progress(3);
    expect(text).toContain("honest      … 3");
    reporter.result(result(0));
    expect(text.split("\r\x1b[K").at(-1)).toContain("reversible");
  });
});

test("as JSON, a line is a claim with its subject and counterexamples", () => {
  const sink = { terminal: false, color: false };
  const text = written((write) => new JsonReporter({ ...sink, write }), result(1));
  expect(JSON.parse(text)).toEqual({
    ...SUBJECT,
    claim: "reversible",
    says: "a rollback undoes",
    verdict: "false",
    reasons: ["step a is irreversible"],
    counts: COUNTS,
    counterexamples: ["run", "run again"].map((done) => ({
      done,
      wrong: "it does not",
      differences: [{ path: "p0", was: "absent", is: "file" }],
      output: [],
      kept: "/tmp/root",
    })),
  });
});
