import { describe, expect, test } from "vitest";
import { compile } from "../../../src/compiler/compile.js";
import { downloads } from "../../../src/testing/network.js";
import { failingAt, holdAfter, truncated } from "../../../src/testing/variants.js";
import { HEAD, sourceOf, stepToml } from "../helpers.js";

const VERIFY =
  '\n[[step]]\nid = "c"\nname = "C"\naction = "verify"\n[step.verification]\ncommands = [{ cmd = "true" }]\n';
const { plan, text } = compile(sourceOf(HEAD + stepToml("a") + stepToml("b") + VERIFY));

/** The bodies of the steps' functions, by name, as the script has them. */
function functionsOf(script: string): Record<string, string> {
  const found = script.matchAll(/^(step_\w+|verify_\w+)\(\) ?\{\n([^]*?)\n\}$/gm);
  return Object.fromEntries([...found].map(([, name = "", body = ""]) => [name, body]));
}

describe("a variant", () => {
  test("of the whole plan is the installer's own steps", () => {
    expect(functionsOf(truncated(plan, 3))).toEqual(functionsOf(text));
    expect(Object.keys(functionsOf(text)).sort()).toEqual(["step_a", "step_b", "verify_c"]);
  });

  test("that ends early has the steps until there alone", () => {
    expect(Object.keys(functionsOf(truncated(plan, 1)))).toEqual(["step_a"]);
  });

  test("that fails at a step's start has another text there, and the others' own", () => {
    const functions = functionsOf(failingAt(plan, 2, "at its start"));
    expect(functions["step_b"]).toContain("exit 93");
    expect(functions["step_b"]).not.toContain("echo b");
    expect(functions["step_a"]).toBe(functionsOf(text)["step_a"]);
  });

  test("that fails at a step's end runs all of its text before", () => {
    const functions = functionsOf(failingAt(plan, 2, "at its end"));
    expect(functions["step_b"]).toBe(functionsOf(text)["step_b"]);
    expect(functions["verify_b"]).toContain("made to fail at its end");
  });

  test("that fails is tried once, and stops the run", () => {
    const tables = '[step.retry]\ndelay = "1h"\n[step.on_failure]\naction = "abort"\n';
    const retried = compile(sourceOf(HEAD + stepToml("a", "", tables))).plan;
    expect(truncated(retried, 1)).toContain("rt_timing '' '' '3600 3600' 0 abort ");
    expect(failingAt(retried, 1, "at its end")).not.toContain("rt_timing");
  });

  test("of a step that only verifies fails as well", () => {
    expect(functionsOf(failingAt(plan, 3, "at its start"))["verify_c"]).toContain("false");
  });

  test("that waits has a step more, with an id of its own", () => {
    const taken = compile(sourceOf(HEAD + stepToml("waymark-hold"))).plan;
    const functions = functionsOf(holdAfter(taken, 1));
    expect(Object.keys(functions)).toHaveLength(2);
    expect(holdAfter(taken, 1)).toContain("waymark-hold-");
  });

  test("is another plan: no store takes it for the installer's", () => {
    expect(truncated(plan, 3)).not.toContain(plan.fingerprint);
  });
});

describe("what a step downloads", () => {
  const step = (script: string) => ({ ...plan.steps[0]!, script: { ...plan.steps[0]!.script!, text: script } });

  test.each([
    ["curl -fsSL https://example.com/app -o app", "https://example.com/app"],
    ["x=$(wget -qO- \"$mirror/app\")", "wget"],
    ["set -e\ngit clone $url", "git clone"],
    ["cd app; npm ci", "npm ci"],
  ])("%s", (text, what) => expect(downloads(step(text))).toBe(what));

  test.each(["echo curly >wget.txt", "cp a b", ": https is used"])("nothing: %s", (text) =>
    expect(downloads(step(text))).toBeUndefined(),
  );
});
