// The text of install.sh: the same each time, and nobody's but ours in charge.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { renderAssets } from "../../../../src/assets.js";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import type { Plan, PlanStep } from "../../../../src/compiler/3-plan/plan.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { render } from "../../../../src/compiler/4-render/render.js";
import type { Script } from "../../../../src/compiler/4-render/script.js";
import type { Source } from "../../../../src/compiler/source.js";
import { TEXTS } from "../../../runtime/nasty.js";
import { shells } from "../../../setup/shells.js";
import { findTool } from "../../../setup/tools.js";
import { HEAD, sourceOf, stepToml } from "../../helpers.js";

const assets = renderAssets();

function planOf(source: Source): Plan {
  const tree = parse(source);
  return plan(validate(tree), tree);
}

const base = planOf(sourceOf(HEAD + stepToml("a")));

/** The plan of one step with another text, name or checkpoint than TOML gave it. */
function withStep(changes: Partial<PlanStep>): Plan {
  const [step] = base.steps;
  return { ...base, steps: [{ ...(step as PlanStep), ...changes }] };
}

const script = (text: string, ...interpreter: string[]): Pick<PlanStep, "script"> => ({
  script: { text, interpreter: interpreter.length > 0 ? interpreter : ["sh"], errexit: true },
});

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs an install.sh in a home of its own, with one of the shells. */
function run(text: string, args: readonly string[], shell = shells[0], tmp = "tmp"): Ran {
  const folder = mkdtempSync(join(tmpdir(), "waymark-render-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const tmpFolder = join(folder, tmp);
  mkdirSync(tmpFolder);
  const file = join(folder, "install.sh");
  writeFileSync(file, text);
  const [command = "sh", ...words] = shell?.command ?? [];
  const { stdout, stderr, status } = spawnSync(findTool(command) ?? command, [...words, file, ...args], {
    encoding: "utf8",
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpFolder, LANG: "C.UTF-8" },
    timeout: 20_000,
    maxBuffer: 1 << 26,
  });
  expect(readdirSync(tmpFolder), "nothing is left behind").toEqual([]);
  return { stdout, stderr, status };
}

/** The script with its last line's call made one that prints the body. */
function printingBody({ text }: Script): string {
  return text.replace(/\n[^\n]*waymark_load [^\n]*\n$/, "\n{ trap - 0; waymark_body; exit $?; }\n");
}

describe("the same input", () => {
  const toml = HEAD + stepToml("a") + stepToml("b", 'depends_on = ["a"]');

  test("gives the same bytes", () => {
    expect(render(planOf(sourceOf(toml)), assets)).toEqual(render(planOf(sourceOf(toml)), assets));
  });

  test("gives the same bytes from another folder, and none of its name", () => {
    const withFile = toml.replace('content = "echo a"', 'file = "a.sh"');
    const from = (path: string): string =>
      render(planOf({ ...sourceOf(withFile, { "a.sh": "echo from a file\n" }), path }), assets).text;
    const one = from("/home/one/odd-folder-name/installer.toml");
    expect(from("../elsewhere.toml")).toBe(one);
    expect(one).not.toContain("odd-folder-name");
    expect(one).toContain("echo from a file");
  });

  test("gives the same bytes whatever the order of the package's files", () => {
    const turned = (files: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(files).reverse());
    const other = { ...assets, templates: turned(assets.templates), runtime: turned(assets.runtime) };
    expect(render(base, other).text).toBe(render(base, assets).text);
  });

  test("has no clock and no machine in it", () => {
    const { text } = render(base, assets);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(`${new Date().getUTCFullYear()}-`);
  });

  test("gives other bytes for another text, name, version", () => {
    const texts = [
      base,
      withStep(script("echo other\n")),
      withStep({ name: "Other" }),
      { ...base, installer: { ...base.installer, version: "2.0" } },
    ].map((one) => render(one, assets).text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe.each(shells.map((shell) => [shell.name, shell] as const))("in %s", (_, shell) => {
  test("the here-document is the body, byte for byte, whatever an author's text holds", () => {
    const texts = ["WAYMARK_BODY\n", "WAYMARK_BODY\nWAYMARK_BODY_2\nWAYMARK_SCRIPT\n", "echo 'x'\\\\ \\\\\n", "\t\r\n"];
    for (const text of [...texts, `${TEXTS.join("\n")}\n`]) {
      const made = render(withStep(script(text, "cat")), assets);
      const { stdout, stderr, status } = run(printingBody(made), [], shell);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      expect(stdout === made.body, `${text.slice(0, 40)}: the body`).toBe(true);
    }
  });

  test("an author's words in comments are never run", () => {
    const breaks = ["\n", "\r\n", "\r", "\v", "\u0085", "\u2028", "\\\n", "'\n", "`\n", "\x07\n"];
    const payload = breaks.map((end) => `x${end}echo PWNED; exit 9${end}`).join("");
    const step = base.steps[0] as PlanStep;
    const nasty: Plan = {
      ...base,
      installer: {
        name: `app${payload}`,
        version: `1${payload}`,
        description: payload,
        author: payload,
        homepage: payload,
        license: payload,
      },
      steps: [
        {
          ...step,
          name: payload,
          dependsOn: [payload],
          checkpoint: { stateFiles: [`/${payload}`], atomic: true, snapshot: false, irreversible: false },
        },
      ],
    };
    const { stdout, status } = run(render(nasty, assets).text, ["version"], shell);
    expect({ stdout, status }).toEqual({ stdout: `app${payload} 1${payload}\n`, status: 0 });
  });

  test("it runs comment-only scripts, and other interpreters' texts to the byte", () => {
    const texts = ["# nothing\n", "\n\n", "#\n\t# more\n"];
    for (const text of texts) {
      const { stderr, status } = run(render(withStep(script(text)), assets).text, ["run"], shell);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    }
    const text = "WAYMARK_SCRIPT\nWAYMARK_BODY\n$HOME `id` \\ 'x' \"\\\\\nlast\\\n";
    const { stdout, status } = run(render(withStep(script(text, "cat")), assets).text, ["run", "--verbose"], shell);
    expect(status).toBe(0);
    expect(stdout).toContain(text);
  });
});

describe("a long plan", () => {
  const of = (count: number): string =>
    render(planOf(sourceOf(HEAD + Array.from({ length: count }, (_, i) => stepToml(`s${i}`)).join(""))), assets).text;

  test.each([1, 100, 101, 250])("of %d steps lists each once, in order", (count) => {
    const { stdout } = run(of(count), ["plan", "--json"]);
    const ids = [...stdout.matchAll(/"step":"(s\d+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(Array.from({ length: count }, (_, i) => `s${i}`));
  });

  test("is cut in functions of at most 100 steps", () => {
    expect(of(100)).not.toContain("waymark_plan_1()");
    const parts = of(250).match(/^waymark_plan_\d\(\) \{\n(\t"\$1" .*\n)+\}$/gm) ?? [];
    expect(parts.map((part) => part.split("\n").length - 2)).toEqual([100, 100, 50]);
  });
});

describe("the loader", () => {
  test.each(["with blanks", "back\\slash", "new\nline", "it's", "$HOME `id`", "*", "-n"])(
    "unpacks in a folder with an odd name: %j",
    (tmp) => {
      const { stdout, stderr, status } = run(render(base, assets).text, ["version"], shells[0], tmp);
      expect({ stdout, stderr, status }).toEqual({ stdout: "app 1.0\n", stderr: "", status: 0 });
    },
  );

  test("refuses a body of which a byte is wrong, and runs nothing", () => {
    const { text } = render(withStep(script("echo original\n")), assets);
    for (const [from, to] of [["original", "0riginal"], ["rt_main", "rt_mail"]] as const) {
      const { stdout, stderr, status } = run(text.replace(from, to), ["version"]);
      expect({ stdout, status }).toEqual({ stdout: "", status: 8 });
      expect(stderr).toContain("damaged");
    }
  });
});

describe("here-documents", () => {
  test("end by a line that the text does not have", () => {
    const { body } = render(withStep(script("WAYMARK_SCRIPT\n", "cat")), assets);
    expect(body).toContain("<<'WAYMARK_SCRIPT_2'\nWAYMARK_SCRIPT\nWAYMARK_SCRIPT_2\n");
    const { text } = render(withStep(script("WAYMARK_BODY\n", "cat")), assets);
    expect(text).toContain("cat <<'WAYMARK_BODY_2'\n");
    expect(text.match(/^WAYMARK_BODY_2$/gm)?.length).toBe(1);
  });

  test("have no other end where the text only looks like it", () => {
    const { body } = render(withStep(script(" WAYMARK_SCRIPT\nWAYMARK_SCRIPT \n", "cat")), assets);
    expect(body).toContain("<<'WAYMARK_SCRIPT'\n");
  });
});

describe("flags", () => {
  test.each([
    [["bash"], true, "rt_interpret bash '-eu' "],
    [["bash"], false, "rt_interpret bash '-u' "],
    [["ksh93"], true, "rt_interpret ksh93 '-eu' "],
    [["bash", "-x"], true, "rt_interpret bash '-x' "],
    [["python3"], true, "rt_interpret python3 "],
    [["my prog", "a'b"], true, "rt_interpret 'my prog' 'a'\\''b' "],
  ])("%j with errexit %s are %s", (interpreter, errexit, call) => {
    const made = withStep({ script: { text: "x\n", interpreter, errexit } });
    expect(render(made, assets).body).toContain(`\n${call}<<`);
  });
});

describe("the templates", () => {
  const only = (body: string): (() => Script) => {
    const templates = { ...assets.templates, body, call: "" };
    return () => render(base, { ...assets, templates });
  };

  test("take what was minted", () => {
    expect(only("RT_NAME={{put nameWord}}\n")().body).toBe("RT_NAME=app\n");
  });

  test.each([
    ["a plain string", "{{put nameWord.text}}"],
    ["a literal", '{{put "text"}}'],
    ["a number", "{{put 1}}"],
    ["a list", "{{put steps}}"],
    ["what is not there", "{{put nothing}}"],
    ["a call of what is none", "{{quote nameWord}}"],
    ["a name that is none", "{{nothing}}"],
    ["a partial that is none", "{{> nothing}}"],
  ])("refuse %s", (_, body) => {
    expect(only(body)).toThrow();
  });

  test("put nothing but by `put`", () => {
    for (const [name, text] of Object.entries(assets.templates)) {
      const values = text.replace(/\{\{(?:put |#each |\/each\}|> )/g, "").match(/\{\{[^}]*\}\}/g) ?? [];
      expect(values.filter((value) => value.startsWith("{{")), name).toEqual([]);
    }
  });
});
