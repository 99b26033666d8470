// A step's verification passes by its output or by its exit status.
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";

/** The command, what is expected of its output, and whether it passes. */
type Case = readonly [label: string, passes: boolean, command: string, expected?: string];

const CASES: readonly Case[] = [
  ["exit 0", true, "true"],
  ["exit 1", false, "false"],
  ["exit 3", false, "exit 3"],
  ["no such command", false, "no-such-command-here"],
  ["a syntax error in the middle", false, "echo 'open"],
  ["a part of the output", true, "echo version 1.2.3", "1.2"],
  ["another output", false, "echo version 1.2.3", "1.3"],
  ["what is on standard error", true, "echo wrong >&2", "wrong"],
  ["the text, for all its exit status", true, "echo ready; exit 9", "ready"],
  ["no output", false, "true", "x"],
  ["nothing, which each output contains", true, "echo anything", ""],
  ["a star is a star", false, "echo abc", "a*c"],
  ["a star that is there", true, "echo 'a*c'", "a*c"],
  ["a bracket is a bracket", false, "echo a", "[a]"],
  ["a backslash", true, "printf '%s\\n' 'a\\b'", "a\\b"],
  ["over two lines", true, "printf 'one\\ntwo\\n'", "one\ntwo"],
  ["a leading dash", true, "printf '%s\\n' -n", "-n"],
  ["letters beyond ASCII", true, "echo 'fertig: ✓'", "✓"],
  ["several commands", true, "x=1; if [ $x = 1 ]; then echo yes; fi", "yes"],
  ["a command with quotes", true, `echo "it's"`, "it's"],
  ["positional words are empty", true, "[ $# -eq 0 ]"],
];

inEachShell("verify", (shell) => {
  it("rt_verify passes and fails as it says", async () => {
    const lines = CASES.map(([, , ...words]) => {
      const call = `rt_verify ${words.map((one) => sh(one ?? "")).join(" ")}`;
      return `rt_verify_bad=; ${call} >/dev/null 2>&1\nput "\${rt_verify_bad:-0}"`;
    });
    const bad = await new Bench(shell).values(["verify"], lines.join("\n"));
    const told = Object.fromEntries(CASES.map(([label], i) => [label, bad[i] === "0"]));
    expect(told).toEqual(Object.fromEntries(CASES.map(([label, passes]) => [label, passes])));
  });

  it("writes the command, its output and the reason of a failure", async () => {
    const { stdout, stderr, exit } = await new Bench(shell).run(
      ["verify"],
      `rt_verify_bad=
rt_verify 'echo out; echo err >&2; exit 7'
rt_verify 'echo something' 'else'
echo "bad $rt_verify_bad"`,
    );
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    for (const part of ["exit 7", "out\nerr\n", "FAILED: exit 7", "something\n", "contain: else"]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toMatch(/\nbad 1\n$/);
  });

  it("goes on after a failure, and remembers it", async () => {
    const lines = `rt_verify_bad=
rt_verify false >/dev/null
rt_verify true >/dev/null
put "$rt_verify_bad"`;
    expect(await new Bench(shell).values(["verify"], lines)).toEqual(["1"]);
  });

  it("lets a command change nothing for the next", async () => {
    const bench = new Bench(shell);
    const lines = `rt_verify_bad= x=1
rt_verify 'x=2; cd /; set -f; exit 0'
rt_verify 'echo "x$x in $PWD"' ${sh(`x1 in ${bench.root}`)}
put "$rt_verify_bad"`;
    const values = await bench.values(["verify"], `{ ${lines.replace(/put .*$/, "")} } >/dev/null\nput "$rt_verify_bad"`);
    expect(values).toEqual([""]);
  });
});
