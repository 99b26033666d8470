import { describe, expect, test } from "vitest";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import {
  diagnosticsOf,
  HEAD,
  marks,
  specOf,
  stepToml,
  treeWithoutPositions,
} from "../../helpers.js";

const codesOf = (text: string, files?: Record<string, string>): string[] =>
  diagnosticsOf(text, files).map(({ code }) => code);

describe("a spec", () => {
  test("has every default filled in", () => {
    expect(specOf(HEAD + stepToml("a", "", "[step.checkpoint]"))).toEqual({
      installer: { name: "app", version: "1.0" },
      steps: [
        {
          id: "a",
          name: "Step a",
          action: "script",
          dependsOn: [],
          script: { text: "echo a\n", interpreter: ["sh"], errexit: true },
          checkpoint: { stateFiles: [], atomic: false, snapshot: true, irreversible: false },
          verification: [],
        },
      ],
    });
  });

  test("has no checkpoint where it is not enabled", () => {
    const [step] = specOf(HEAD + stepToml("a", "", "[step.checkpoint]\nenabled = false")).steps;
    expect(step).not.toHaveProperty("checkpoint");
  });

  test("takes an empty expect for none", () => {
    const table = '[step.verification]\ncommands = [{ cmd = "x", expect = "" }, { cmd = "y", expect = "z" }]';
    const [step] = specOf(HEAD + stepToml("a", "", table)).steps;
    expect(step?.verification).toEqual([{ cmd: "x" }, { cmd: "y", expect: "z" }]);
  });

  test("has the text of a script's file, read once for all that name it", () => {
    const step = (id: string): string =>
      `\n[[step]]\nid = "${id}"\nname = "x"\naction = "script"\n[step.script]\nfile = "a.sh"\ninterpreter = " /usr/bin/env  python3 "\n`;
    let reads = 0;
    const tree = treeWithoutPositions(HEAD + step("a") + step("b"));
    const asset = (): { ok: true; text: string } => {
      reads += 1;
      return { ok: true, text: "print(1)\n\n\n" };
    };
    const { steps } = validate({ ...tree, source: { ...tree.source, asset } });
    expect(steps[1]?.script).toEqual({
      text: "print(1)\n",
      interpreter: ["/usr/bin/env", "python3"],
      errexit: true,
    });
    expect(reads).toBe(1);
  });

  test("has tidy state files, and none twice", () => {
    const table =
      '[step.checkpoint]\nstate_files = ["~/a/", "$HOME//b/./c", "/opt/x", "~/a/in", "${HOME}/a", "~/a-b"]';
    const [step] = specOf(HEAD + stepToml("a", "", table)).steps;
    expect(step?.checkpoint?.stateFiles).toEqual(["~/a", "$HOME/b/c", "/opt/x", "~/a-b"]);
  });
});

test("a good file is validated without a look at positions", () => {
  const checkpoint =
    '[step.checkpoint]\natomic = true\nrollback = "true"\nstate_files = ["~/a", "/b"]\n' +
    '[step.verification]\ncommands = [{ cmd = "true" }]\n';
  const text = HEAD + stepToml("a", "", checkpoint) + stepToml("b", 'depends_on = ["a"]', checkpoint);
  expect(validate(treeWithoutPositions(text)).steps).toHaveLength(2);
});

describe("all mistakes are reported at once", () => {
  test("of shape and of meaning", () => {
    const text = [
      "[installer]",
      'name = "my app"',
      "version = 1",
      'vendor = "x"',
      "[[step]]",
      'id = "a"',
      'action = "script"',
      'depends_on = ["b", 3]',
      "[[step]]",
      'id = "b"',
      'name = "B"',
      'action = "verify"',
      'depends_on = ["a"]',
    ].join("\n");
    expect(marks(diagnosticsOf(text))).toEqual([
      "WM0207 2:8",
      "WM0202 3:11",
      "WM0203 4:1",
      "WM0201 5:1",
      "WM0230 7:10",
      "WM0202 8:20",
      "WM0230 12:10",
      "WM0222 13:15",
    ]);
  });

  test("a table of a wrong shape does not hide, nor bring, others", () => {
    expect(codesOf(HEAD + '[[step]]\nid = "a"\nname = "A"\naction = "script"\nscript = 1\n')).toEqual(["WM0202"]);
    expect(codesOf(`step = 3\n${HEAD}`)).toEqual(["WM0202"]);
    expect(codesOf(`installer = 3\n${stepToml("a")}`)).toEqual(["WM0202"]);
    expect(codesOf("")).toEqual(["WM0201", "WM0213"]);
  });

  test("a step without an id is no unknown dependency of another", () => {
    const text = `${HEAD}[[step]]\nname = "x"\naction = "script"\n[step.script]\ncontent = "x"\n${stepToml("b", 'depends_on = ["a"]')}`;
    expect(codesOf(text)).toEqual(["WM0201"]);
  });
});

describe("keys", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("%s is unknown", (key) => {
    expect(codesOf(`${HEAD}${key} = 1\n${stepToml("a")}`)).toEqual(["WM0203"]);
  });

  test("a suggestion may be a key that comes later", () => {
    const [found] = diagnosticsOf(HEAD + stepToml("a", 'privilege = "root"'));
    expect(found?.help).toBe("did you mean `privileges`?");
  });

  test("a wrong type says how to write it right", () => {
    const text = HEAD.replace('"1.0"', "1.0") + stepToml("a", 'depends_on = "b"');
    expect(diagnosticsOf(text).map(({ help }) => help)).toEqual([
      'write it as `"1.0"`',
      'write it as `["b"]`',
    ]);
  });
});

describe("a key of the language that this version does not have", () => {
  const later = {
    "": ["artifact"],
    installer: ["jobs", "security", "hermetic", "test_matrix"],
    step: [
      ...["packages", "user", "group", "privileges", "parallel_group"],
      "recovery",
      ...["uses_artifacts", "constraints"],
    ],
  };

  test.each(later[""])("%s is refused by name", (key) => {
    expect(codesOf(`${key} = []\n${HEAD}${stepToml("a")}`)).toEqual(["WM0204"]);
  });
  test.each(later.installer)("installer.%s is refused by name", (key) => {
    expect(codesOf(`${HEAD}[installer.${key}]\n${stepToml("a")}`)).toEqual(["WM0204"]);
  });
  test.each(later.step)("step.%s is refused by name", (key) => {
    expect(codesOf(HEAD + stepToml("a", "", `[step.${key}]`))).toEqual(["WM0204"]);
  });
  test.each(["apt-install", "apt-remove", "user-group", "user-add-to-group"])(
    "the action %s is refused by name",
    (action) => {
      const text = HEAD + stepToml("a").replace('action = "script"', `action = "${action}"`);
      expect(codesOf(text)).toEqual(["WM0204"]);
    },
  );
});

describe("ids", () => {
  test.each(["a", "0", "A.b_c-d", "x".repeat(128)])("%s is safe", (id) => {
    expect(codesOf(HEAD + stepToml(id))).toEqual([]);
  });

  test.each(["a b", ".a", "-a", "_a", "a/b", "..", "\u00e9", "x".repeat(129)])("%s is not", (id) => {
    expect(codesOf(HEAD + stepToml(id, "", "").replace(`echo ${id}`, "x"))).toEqual(["WM0207"]);
  });

  test("a third one of a name is held against the first", () => {
    const found = diagnosticsOf(HEAD + stepToml("a") + stepToml("a") + stepToml("A"));
    expect(found.map(({ code, related }) => [code, related[0]?.place.span.start.line])).toEqual([
      ["WM0208", 6],
      ["WM0209", 6],
    ]);
  });
});

describe("dependencies", () => {
  const after = (...ids: string[]): string =>
    HEAD + stepToml("fetch") + stepToml("b", `depends_on = ${JSON.stringify(ids)}`);

  test("that are named again and again are reported once each", () => {
    expect(codesOf(after(...Array<string>(9).fill("fetch")))).toEqual(["WM0223"]);
    expect(codesOf(after("x", "x", "fetch", "fetch", "fetch"))).toEqual(["WM0220", "WM0223", "WM0223"]);
  });

  test("that are unknown are all reported, the first of them with what was meant", () => {
    const found = diagnosticsOf(after(...Array.from({ length: 60 }, (_, index) => `fetch${index}`)));
    expect(found.map(({ code }) => code)).toEqual(Array<string>(60).fill("WM0220"));
    expect(found.filter(({ help }) => help !== undefined).length).toBe(50);
    expect(found[0]?.help).toBe("did you mean `fetch`?");
  });
});

describe("cycles", () => {
  const cyclesOf = (...steps: string[]): string[] =>
    diagnosticsOf(HEAD + steps.join(""))
      .filter(({ code }) => code === "WM0222")
      .map(({ message }) => message.replace(/^.*: /, ""));
  const after = (id: string, ...others: string[]): string =>
    stepToml(id, `depends_on = ${JSON.stringify(others)}`);

  test("are printed as they run", () => {
    expect(cyclesOf(after("a", "b"), after("b", "a"))).toEqual(["a -> b -> a"]);
  });

  test("are each found, and what leads to one is no part of it", () => {
    expect(
      cyclesOf(after("x", "a"), after("a", "b"), after("b", "a"), after("c", "d"), after("d", "c")),
    ).toEqual(["a -> b -> a", "c -> d -> c"]);
  });

  test("a diamond is none", () => {
    expect(cyclesOf(after("a", "b", "c"), after("b", "d"), after("c", "d"), stepToml("d"))).toEqual([]);
  });

  test("a long chain is walked without recursion", () => {
    const chain = Array.from({ length: 3000 }, (_, index) => after(`s${index}`, `s${(index + 1) % 3000}`));
    expect(cyclesOf(...chain)).toEqual([expect.stringContaining("s0 -> s1 -> ")]);
  });
});

describe("scripts", () => {
  const scriptOf = (table: string): string =>
    `${HEAD}\n[[step]]\nid = "a"\nname = "A"\naction = "script"\n[step.script]\n${table}\n`;

  test.each([
    ["blank", 'content = " \\n\\t\\n"', ["WM0235"]],
    ["only comments", "content = '''\n# a\n  # b\n'''", ["WM0235"]],
    ["a comment to Python is text", "interpreter = 'awk'\ncontent = '# a'", []],
    ["CRLF", 'content = "a\\r\\nb"', ["WM0236"]],
    ["CRLF to Python", 'interpreter = "python3"\ncontent = "a\\r\\nb"', []],
    ["a CR that ends no line", 'content = "printf \'\\r\'"', []],
    ["a file with NUL", 'file = "nul"', ["WM0212"]],
    ["a shebang that agrees", "content = '''#!/bin/sh -e\nx'''", []],
    ["env in a shebang", "interpreter = 'python3'\ncontent = '''#!/usr/bin/env -S python3 -u\nx'''", []],
    ["a shebang that does not", "content = '''#!/usr/bin/perl\nx'''", ["WM0238"]],
    ["bash in sh", "content = '''#!/bin/bash\nx'''", ["WM0238"]],
  ])("%s", (_, table, codes) => {
    expect(codesOf(scriptOf(table), { nul: "a\0b" })).toEqual(codes);
  });
});

describe("text", () => {
  test.each(["\\t", "\\n", "\\u001b", "\\u007f", "\\u0085", "\\u202e", "\\u2028"])("%s is not plain", (escape) => {
    expect(codesOf(HEAD.replace('"1.0"', `"1${escape}0"`) + stepToml("a"))).toEqual(["WM0211"]);
  });

  test("of other scripts, quotes and dashes is", () => {
    expect(codesOf(HEAD.replace('"1.0"', '"-n \\"it\'s\\" \u4e16\u754c \\\\ $x `y` % \u{1f600}"') + stepToml("a"))).toEqual([]);
  });

  test("may hold line ends in a state file", () => {
    expect(codesOf(HEAD + stepToml("a", "", '[step.checkpoint]\nstate_files = ["~/a\\nb"]'))).toEqual([]);
  });
});

describe("state files", () => {
  const of = (path: string): string[] =>
    codesOf(HEAD + stepToml("a", "", `[step.checkpoint]\nstate_files = [${JSON.stringify(path)}]`));

  test.each(["/a", "~/a", "$HOME/a", "${HOME}/a", "/a b/-c", "~/$x", "~/.a..b", "~/...", "//a//"])("%s is one", (path) => {
    expect(of(path)).toEqual([]);
  });

  test.each([
    ["", "WM0241"],
    ["  ", "WM0241"],
    ["a", "WM0242"],
    ["-a", "WM0242"],
    ["~root", "WM0242"],
    ["~root/x", "WM0242"],
    ["$HOMES/x", "WM0242"],
    ["${HOME}x", "WM0242"],
    ["$XDG_DATA_HOME/x", "WM0242"],
    ["/", "WM0243"],
    ["///", "WM0243"],
    ["/./.", "WM0243"],
    ["~", "WM0243"],
    ["~//", "WM0243"],
    ["~/.", "WM0243"],
    ["$HOME", "WM0243"],
    ["${HOME}/./", "WM0243"],
    ["/..", "WM0244"],
    ["~/..", "WM0244"],
    ["~/a/../..", "WM0244"],
    ["/a/..", "WM0244"],
  ])("%j is %s", (path, code) => {
    expect(of(path)).toEqual([code]);
  });
});

describe("checkpoints", () => {
  const of = (table: string): string[] => codesOf(HEAD + stepToml("a", "", `[step.checkpoint]\n${table}`));

  test.each([
    ["enabled = false", []],
    ["enabled = false\natomic = true", ["WM0250"]],
    ['atomic = true\nstate_files = ["~/a"]', []],
    ['atomic = true\nrollback = "x"', []],
    ["atomic = true", ["WM0252"]],
    ['atomic = true\nsnapshot = false\nstate_files = ["~/a"]', ["WM0252"]],
    ['snapshot = false\nstate_files = ["~/a"]', []],
    ["snapshot = false", ["WM0251"]],
    ['irreversible = true\nrollback = "x"', ["WM0253"]],
    ["irreversible = true", []],
  ])("%j", (table, codes) => {
    expect(of(table)).toEqual(codes);
  });
});

describe("a file action", () => {
  const file = (keys: string, tables = ""): string =>
    `${HEAD}[[step]]\nid = "a"\nname = "A"\n${keys}\n${tables}`;

  test("has a checkpoint of its own, and tracks what it replaces", () => {
    const [step] = specOf(file('action = "file-write"\npath = "~//x/"\ncontent = "y"\nmode = "600"')).steps;
    expect(step).toMatchObject({
      file: { action: "file-write", path: "~/x", content: "y", mode: "0600" },
      checkpoint: { stateFiles: ["~/x"], atomic: true, snapshot: true },
    });
    expect(step).not.toHaveProperty("script");
  });

  test("is atomic unless its table says otherwise, also where that is not enabled", () => {
    const keys = 'action = "directory"\npath = "/srv/x"';
    const atomic = (table: string): unknown => specOf(file(keys, table)).steps[0]?.checkpoint?.atomic;
    expect(atomic("[step.checkpoint]")).toBe(true);
    expect(atomic("[step.checkpoint]\natomic = false")).toBe(false);
    expect(atomic("[step.checkpoint]\nenabled = false")).toBe(true);
  });

  test("needs nothing else to be undone with", () => {
    const write = 'action = "file-write"\npath = "~/x"\ncontent = ""';
    const folder = 'action = "directory"\npath = "~/x"';
    expect(codesOf(file(write, "[step.checkpoint]\natomic = true\nsnapshot = true"))).toEqual([]);
    expect(codesOf(file(folder, "[step.checkpoint]\natomic = true"))).toEqual([]);
    expect(codesOf(file(folder, "[step.on_failure]\npreserve_state = false"))).toEqual([]);
    expect(codesOf(file(folder, "[step.checkpoint]\nsnapshot = true"))).toEqual(["WM0251"]);
  });

  test("takes its text from a file, and ends a block in one newline", () => {
    const keys = 'action = "block-in-file"\npath = "~/.profile"\nsource = "text"';
    const tree = file(keys);
    expect(codesOf(tree)).toEqual(["WM0234"]);
    expect(codesOf(tree, { text: "a\n\n" })).toEqual([]);
  });
});
