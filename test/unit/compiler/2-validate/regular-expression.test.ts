import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { faultOfExpression } from "../../../../src/compiler/2-validate/regular-expression.js";

describe("an expression that each grep takes alike", () => {
  test.each([
    "a",
    "^$",
    "^debian$",
    "^(debian|ubuntu)$",
    "[0-9]+([.][0-9]+)*",
    "[]a]",
    "[^]a]x",
    "[[:alpha:]_][[:alnum:]_]*",
    "a{2}b{1,}c{0,255}",
    "\\.\\*\\\\",
    "(a)|(b)",
    "a|^b",
    "x y 'z' \"",
    "[a*+(|]",
    "(^a)",
    "é",
  ])("%s", (text) => {
    expect(faultOfExpression(text)).toBeUndefined();
    // The host's own grep agrees.
    const { status } = spawnSync("grep", ["-E", "-e", text], { input: "\n" });
    expect(status).toBeLessThan(2);
  });
});

describe("what is refused, and why", () => {
  test.each([
    ["", "empty"],
    ["a\nb", "more than one line"],
    ["a\\", "ends in a backslash"],
    ["\\d+", "\\d is not of POSIX"],
    ["\\bx", "\\b is not of POSIX"],
    ["[a", "[ is not closed"],
    ["[[:alpha:]", "[ is not closed"],
    ["[]", "[ is not closed"],
    ["(a", "( is not closed"],
    ["a)", "a ) has no ("],
    ["()", "nothing in front of a )"],
    ["|a", "nothing in front of a |"],
    ["a||b", "nothing in front of a |"],
    ["a|", "nothing behind"],
    ["*a", "nothing for a * to repeat"],
    ["(+)", "nothing for a + to repeat"],
    ["^*", "nothing for a * to repeat"],
    ["a**", "repeated"],
    ["a+?", "repeated"],
    ["(?:a)", "nothing for a ? to repeat"],
    ["a{", "no interval"],
    ["a{x}", "no interval"],
    ["a{2,1}", "no interval"],
    ["a{256}", "no interval"],
  ])("%s", (text, reason) => {
    expect(faultOfExpression(text)).toContain(reason);
  });
});
