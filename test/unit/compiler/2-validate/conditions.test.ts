import { describe, expect, test } from "vitest";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { parseFileMode } from "../../../../src/compiler/2-validate/conditions.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import { diagnosticsOf, HEAD, marks, sourceOf, specOf, stepToml } from "../../helpers.js";

const withTable = (lines: string, table = "preconditions"): string =>
  HEAD + stepToml("a", "", `[step.${table}]\n${lines}`);

const of = (text: string): string[] => diagnosticsOf(text).map(({ code }) => code);

describe("the conditions of a spec", () => {
  test("are lists, in one order, with the modes of their files", () => {
    const lines =
      'command_succeeds = "true"\nuser_in_group = { user = "${USER}", group = "g" }\nservice_active = "s"\n' +
      'packages_absent = ["p", "q"]\nenv_matches = { B = "b", A = "a" }\nfile_mode = ["755", "/x:y:0644"]\n' +
      'file_exists = ["/a", "~/b"]\n';
    const wanted = [
      { kind: "file", path: "/a" },
      { kind: "file", path: "~/b" },
      { kind: "mode", path: "/a", mode: "0755" },
      { kind: "mode", path: "~/b", mode: "0755" },
      { kind: "mode", path: "/x:y", mode: "0644" },
      { kind: "variable", name: "A", matches: "a" },
      { kind: "variable", name: "B", matches: "b" },
      { kind: "absent", package: "p" },
      { kind: "absent", package: "q" },
      { kind: "service", service: "s" },
      { kind: "member", user: "${USER}", group: "g" },
      { kind: "command", command: "true" },
    ];
    for (const table of ["preconditions", "postconditions"] as const) {
      const [step] = specOf(withTable(lines, table)).steps;
      expect(step?.[table]).toEqual(wanted);
    }
  });

  test("are not there where there is none", () => {
    const [step] = specOf(HEAD + stepToml("a", "", "[step.preconditions]\n[step.postconditions]\n")).steps;
    expect(step).not.toHaveProperty("preconditions");
    expect(step).not.toHaveProperty("postconditions");
    expect(step).not.toHaveProperty("when");
  });

  test("lose the newlines at the end of when and unless", () => {
    const [step] = specOf(HEAD + stepToml("a", 'when = "a\\n\\n"\nunless = "b\\n"')).steps;
    expect(step).toMatchObject({ when: "a", unless: "b" });
  });
});

describe("a fingerprint", () => {
  const of = (keys: string, tables = ""): string => {
    const tree = parse(sourceOf(HEAD + stepToml("a", keys, tables)));
    return plan(validate(tree), tree).steps[0]?.fingerprint ?? "";
  };

  test("is as it was for a step without conditions", () => {
    expect(of("")).toBe("2e59133373fab45098791556a787b06d");
    expect(of("", "[step.preconditions]")).toBe(of(""));
  });

  test("changes with each of them", () => {
    const all = [
      of(""),
      of('when = "a"'),
      of('when = "b"'),
      of('unless = "a"'),
      of("", '[step.preconditions]\nfile_exists = "/a"'),
      of("", '[step.postconditions]\nfile_exists = "/a"'),
      of("", '[step.postconditions]\nfile_exists = "/b"'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("a file's mode", () => {
  test.each([
    ["755", { mode: "0755" }],
    ["0755", { mode: "0755" }],
    ["4755", { mode: "4755" }],
    ["04755", { mode: "4755" }],
    ["/a:644", { path: "/a", mode: "0644" }],
    ["/a:b:644", { path: "/a:b", mode: "0644" }],
    [":644", { path: "", mode: "0644" }],
    ["75", undefined],
    ["788", undefined],
    ["14755", undefined],
    ["/a", undefined],
    ["/a:", undefined],
    ["u+x", undefined],
  ])("%s", (text, parsed) => expect(parseFileMode(text)).toEqual(parsed));
});

describe("names that a tool would take for something else", () => {
  test.each([
    ["packages_absent", "curl"],
    ["packages_absent", "libstdc++6"],
    ["packages_absent", "a:amd64"],
    ["service_active", "getty@tty1.service"],
    ["service_active", "dev-disk-by\\\\x2dlabel.mount"],
  ])("%s = %s is one", (key, name) => expect(of(withTable(`${key} = "${name}"`))).toEqual([]));
  test.each([
    ["packages_absent", "-x"],
    ["packages_absent", "a*"],
    ["packages_absent", "a b"],
    ["packages_absent", ""],
    ["packages_absent", "${X}"],
    ["service_active", "--all"],
    ["service_active", "a\\nb"],
  ])("%s = %s is none", (key, name) => expect(of(withTable(`${key} = "${name}"`))).toEqual(["WM0286"]));
  test.each(["${USER}", "app", "app$", "_x"])("the user %s is one", (name) => {
    expect(of(withTable(`user_in_group = { user = "${name}", group = "g" }`))).toEqual([]);
  });
  test.each(["${U}x", "$USER", "${1}", "a:b", "-", ""])("the user %s is none", (name) => {
    expect(of(withTable(`user_in_group = { user = "${name}", group = "g" }`))).toEqual(["WM0286"]);
  });
});

test("a mode needs no file of a wrong shape to be for it", () => {
  expect(of(withTable('file_exists = 3\nfile_mode = "755"'))).toEqual(["WM0202"]);
});

test("CRLF line ends are told in each of the commands", () => {
  const text = HEAD + stepToml("a", 'when = "a\\r\\nb"', '[step.preconditions]\ncommand_succeeds = "a\\r\\nb"');
  expect(of(text)).toEqual(["WM0236", "WM0236"]);
});

test("a fault in a value that may be one of two shapes is told in its part", () => {
  const lines = 'file_exists = ["/a", 1, "b"]\nuser_in_group = [{ user = "u" }]\npackages_absent = 3\n';
  expect(marks(diagnosticsOf(withTable(lines)))).toEqual([
    "WM0202 13:22",
    "WM0282 13:25",
    "WM0201 14:18",
    "WM0202 15:19",
  ]);
});
