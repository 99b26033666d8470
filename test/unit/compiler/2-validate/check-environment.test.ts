// The variables of an installer.toml: what comes of them, and what is refused.
import { describe, expect, test } from "vitest";
import { diagnosticsOf, HEAD, marks, specOf, stepToml } from "../../helpers.js";

const environment = (lines: string): string => `${HEAD}[installer.environment]\n${lines}\n${stepToml("a")}`;
const codesOf = (lines: string): string[] => diagnosticsOf(environment(lines)).map(({ code }) => code);

describe("a spec", () => {
  test("has every default filled in", () => {
    const { installer } = specOf(environment('A = "x"\nB = { from_env = true }\nC = { from_env = ["X", "Y", "X"], secret = true }'));
    const plain = { required: false, secret: false };
    expect(installer.environment).toEqual([
      { name: "A", default: "x", from: [], ...plain },
      { name: "B", from: ["B"], ...plain },
      { name: "C", from: ["X", "Y"], required: false, secret: true },
    ]);
  });

  test("has no such keys where there are none", () => {
    const { installer, steps } = specOf(`${environment("")}\n[step.environment]\n`);
    expect(Object.keys(installer)).not.toContain("environment");
    expect(Object.keys(steps[0] ?? {})).not.toContain("environment");
    expect(Object.keys(steps[0] ?? {})).not.toContain("exports");
  });

  test("has a step's own, and what it exports once", () => {
    const [step] = specOf(HEAD + stepToml("a", 'exports = ["V", "W"]', '[step.environment]\nA = "x"')).steps;
    expect(step?.exports).toEqual(["V", "W"]);
    expect(step?.environment?.map(({ name }) => name)).toEqual(["A"]);
  });
});

describe("a name", () => {
  test.each(["PATH", "HOME", "IFS", "UID", "GROUPS", "RT_X", "rt_x", "WAYMARK_STEP", "rollback_a", "status", "_", "__proto__"])(
    "%s is refused",
    (name) => {
      expect(codesOf(`${name} = "x"`)).toEqual(["WM0291"]);
    },
  );

  test.each(["1A", '"a b"', '"a-b"', '""', '"A="', '"Ä"', '"$(x)"'])("%s is none", (name) => {
    expect(codesOf(`${name} = "x"`)).toEqual(["WM0290"]);
  });

  test.each(["PATH", "HOME", "USER", "LANG"])("%s can be read from the environment", (name) => {
    expect(codesOf(`A = { from_env = "${name}" }`)).toEqual([]);
  });
});

test("all that is wrong is reported at once, where it stands", () => {
  const lines = 'A = 1\nB = { validate = "(" }\nC = { secret = true }\nD = { default = "x", validate = "y" }';
  expect(marks(diagnosticsOf(environment(lines)))).toEqual([
    "WM0202 5:5",
    "WM0292 6:18",
    "WM0295 7:7",
    "WM0293 8:17",
  ]);
});

test("a secret's default stands in no message", () => {
  const found = diagnosticsOf(environment('A = { default = "hush", validate = "x", secret = true, from_env = true }'));
  expect(found.map(({ code }) => code).sort()).toEqual(["WM0293", "WM0296"]);
  expect(found.map(({ message, help }) => message + (help ?? "")).join()).not.toContain("hush");
});
