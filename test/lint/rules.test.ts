// Each rule fires on what it is for, and on nothing else.
import { describe, expect, it } from "vitest";
import { findBareDisables, findLayoutFaults, RULES } from "./rules.js";
import { shellCode } from "./shell-code.js";

describe.each(RULES)("the rule against $name", (rule) => {
  const fires = (line: string): boolean => rule.pattern.test(shellCode(line));

  it.each(rule.refuses)("refuses: %s", (line) => {
    expect(fires(line)).toBe(true);
  });

  it.each(rule.accepts)("accepts: %s", (line) => {
    expect(fires(line)).toBe(false);
  });
});

describe("the scanner", () => {
  it.each([
    ["single quotes", "x 'which y' z", "x '_______' z"],
    ["double quotes", 'x "which $y" z', 'x "______$y" z'],
    ["a command in double quotes", 'x "$(which y) z"', 'x "$(which y)__"'],
    ["a comment", "x # which", "x        "],
    ["a # inside a word", "x${y#which}", "x${y#which}"],
    ["an escaped quote", "x\\'which", "x\\'which"],
    ["a here-document", "cat <<E\nwhich\nE\nx", "cat <<E\n     \n \nx"],
    ["a quoted here-document", "cat <<'E'\nwhich\nE\nx", "cat <<'E'\n     \n \nx"],
    ["lines of quotes", "x 'a\nwhich' y", "x '_\n_____' y"],
  ])("sees through %s", (_, text, code) => {
    expect(shellCode(text)).toBe(code);
  });
});

describe("the layout and directive checks", () => {
  it("refuse what they are for, and nothing else", () => {
    const long = "x".repeat(81);
    expect(findLayoutFaults(`ok\n${long}\nd\u00e9j\u00e0\nblank \n`, "f")).toEqual([
      "f:2: 81 columns",
      "f:3: not ASCII",
      "f:4: ends in blanks",
    ]);
    const directive = "# shellcheck disable=SC2086";
    expect(findBareDisables(`${directive}\n${directive} # split on purpose\n`, "f")).toEqual([
      `f:1: no reason for: ${directive}`,
    ]);
  });
});
