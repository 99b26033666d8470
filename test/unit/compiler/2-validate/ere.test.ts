// What a POSIX extended regular expression is, and what it matches.
import { describe, expect, test } from "vitest";
import { readEre, SEMVER } from "../../../../src/compiler/2-validate/ere.js";
import { MATCHES, NO_EXPRESSIONS } from "../../../runtime/expressions.js";

describe("readEre", () => {
  test.each(MATCHES)("%j matches %j: %j", (expression, value, expected) => {
    const ere = readEre(expression === "semver" ? SEMVER : expression);
    expect(ere.ok && ere.fits(value)).toBe(expected);
  });

  test.each(NO_EXPRESSIONS)("%j is none", (expression) => {
    expect(readEre(expression).ok).toBe(false);
  });

  test("says what to write instead of another dialect's class", () => {
    expect(readEre("\\w+")).toMatchObject({ ok: false, write: "[[:alnum:]_]" });
    expect(readEre("[\\d.]")).toMatchObject({ ok: false, write: "[0-9]" });
  });
});
