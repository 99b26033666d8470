// Which runtime modules a script carries, and in what order.
import { describe, expect, test } from "vitest";
import { renderAssets } from "../../../../src/assets.js";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import type { Plan } from "../../../../src/compiler/3-plan/plan.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { moduleText, selectModules } from "../../../../src/compiler/4-render/modules.js";
import { HEAD, sourceOf, stepToml } from "../../helpers.js";

function planOf(text: string): Plan {
  const tree = parse(sourceOf(HEAD + text));
  return plan(validate(tree), tree);
}

/** A module's file, whose one line names it. */
function file(name: string, requires = "", provides = `rt_${name}`): string {
  return `# module: ${name}\n# provides: ${provides}\n# requires: ${requires}\n\n${name}-text\n`;
}

const plain = planOf(stepToml("a"));
const verified = planOf(stepToml("a", "", '[step.verification]\ncommands = [{ cmd = "true" }]\n'));
const withInterpreter = (words: string): Plan =>
  planOf(
    `[[step]]\nid = "a"\nname = "A"\naction = "script"\n[step.script]\ninterpreter = "${words}"\ncontent = "echo"\n`,
  );

/** The modules that were chosen, in order. */
function chosen(files: Record<string, string>, of = plain): string[] {
  return selectModules(of, files).match(/\S+(?=-text)/g) ?? [];
}

describe("the closure", () => {
  test("has what is required, and what that requires, each once", () => {
    const files = {
      a: file("a", "b c"),
      b: file("b", "d"),
      base: file("base"),
      c: file("c", "d"),
      d: file("d"),
      main: file("main", "base a"),
      unused: file("unused", "d"),
    };
    expect(chosen(files).sort()).toEqual(["a", "b", "base", "c", "d", "main"]);
  });

  test("is one of circles too", () => {
    const files = { a: file("a", "b"), b: file("b", "a main"), base: file("base"), main: file("main", "a") };
    expect(chosen(files).sort()).toEqual(["a", "b", "base", "main"]);
  });

  test("reads a header of several lines", () => {
    const main = "# module: main\n# provides: rt_main\n# provides: rt_x\n# requires: a\n# requires:  b   c\nmain-text\n";
    const files = { a: file("a"), b: file("b"), base: file("base"), c: file("c"), main };
    expect(chosen(files).sort()).toEqual(["a", "b", "base", "c", "main"]);
  });

  test("says which module is missing", () => {
    const files = { a: file("a", "nowhere"), base: file("base"), main: file("main", "a") };
    expect(() => chosen(files)).toThrow(/no runtime module nowhere/);
    expect(() => chosen({ main: file("main") })).toThrow(/no runtime module base/);
  });
});

describe("the order", () => {
  const files = { main: file("main", "z a"), z: file("z"), base: file("base"), a: file("a") };

  test("is base first, and main last", () => {
    expect(chosen(files).at(0)).toBe("base");
    expect(chosen(files).at(-1)).toBe("main");
  });

  test("is the same, whatever the order of the files", () => {
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(chosen(turned)).toEqual(chosen(files));
  });
});

describe("headers", () => {
  test("are stripped, and no comment below them is", () => {
    const text = "# module: a\n# provides: x\n# requires: b\n\n# a comment\n# requires: it is no header here\nx() { :; }\n";
    expect(moduleText("a", { a: text })).toBe("# a comment\n# requires: it is no header here\nx() { :; }\n");
  });

  test("of the real modules are all gone", () => {
    const { runtime } = renderAssets();
    const text = selectModules(verified, runtime);
    expect(text).not.toMatch(/^# (module|provides|requires):/m);
    expect(text).not.toMatch(/^#!/m);
    for (const name of Object.keys(runtime)) {
      expect(moduleText(name, runtime)).not.toMatch(/^# (module|provides|requires):/m);
      expect(moduleText(name, runtime).endsWith("\n")).toBe(true);
    }
  });
});

describe("a plan", () => {
  const { runtime } = renderAssets();
  const has = (of: Plan, name: string): boolean => selectModules(of, runtime).includes(`\n${name}() {`);

  test("brings rt_verify where there is something to verify", () => {
    expect(has(plain, "rt_verify")).toBe(false);
    expect(has(verified, "rt_verify")).toBe(true);
  });

  test.each(["python3", "bash", "/bin/sh", "sh -x", "/usr/bin/env sh"])(
    "brings rt_interpret for the interpreter %s",
    (words) => {
      expect(has(withInterpreter(words), "rt_interpret")).toBe(true);
    },
  );

  test("brings none for sh itself", () => {
    expect(has(withInterpreter("sh"), "rt_interpret")).toBe(false);
    expect(has(plain, "rt_interpret")).toBe(false);
  });

  test("brings what asks for conditions where there are some, and no more", () => {
    const brought = (keys: string, tables = ""): string[] =>
      ["rt_gate", "rt_condition_file", "rt_condition_absent"].filter((name) =>
        has(planOf(stepToml("a", keys, tables)), name),
      );
    expect(brought("")).toEqual([]);
    expect(brought("", "[step.preconditions]\n[step.postconditions]")).toEqual([]);
    expect(brought('unless = "true"')).toEqual(["rt_gate"]);
    expect(brought("", '[step.preconditions]\ncommand_succeeds = "true"')).toEqual(["rt_gate", "rt_condition_file"]);
    expect(brought("", '[step.postconditions]\nfile_exists = "/a"')).toEqual(["rt_condition_file"]);
    expect(brought("", '[step.postconditions]\nservice_active = "a"')).toEqual([
      "rt_condition_file",
      "rt_condition_absent",
    ]);
  });

  test("brings each function of the runtime once", () => {
    const text = selectModules(verified, runtime);
    const names = [...text.matchAll(/^(rt_\w+)\(\)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
