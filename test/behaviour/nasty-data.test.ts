// Names, paths and texts are data, whatever characters they have.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import {
  compileToml,
  diffTrees,
  expectExit,
  inEachShell,
  installerToml,
  Sandbox,
  Store,
  type TestStep,
} from "./harness/index.js";

/** Would each betray a missing quote somewhere, in shell, SQL, JSON or sed. */
const NASTY: readonly (readonly [string, string])[] = [
  ["spaces", "  two  spaces "],
  ["single quotes", "it's 'quoted''"],
  ["double quotes", 'say "hi"'],
  ["commas", "a,b,,c"],
  ["newlines", "one\ntwo\n\nthree"],
  ["a trailing newline", "end\n"],
  ["a tab and a bell", "tab\tbell\x07"],
  ["dollars", "$HOME ${HOME} $(touch /pwned) $1 $$"],
  ["backquotes", "`id`"],
  ["backslashes", "a\\b \\n \\\\ \\"],
  ["leading dashes", "-rf --help"],
  ["globs", "* ?[a-z] {a,b}"],
  ["percent signs", "100% %s %d %% %n"],
  ["operators", "; & | < > ( ) # ! ~"],
  ["SQL", "'); DROP TABLE step_checkpoints; --"],
  ["a here-document's end", "EOF\nWAYMARK_EOF\n"],
  ["braces of a template", "{{name}} {{{x}}} {{#if}}"],
  ["letters beyond ASCII", "Zu\u0308rich \u2713 \u{1f680}"],
];

const LABELS = NASTY.map(([label]) => label);

/** A step for each text, all in one installer; ids are `n0`, `n1`, … */
function nastyToml(step: (text: string, id: string) => Omit<TestStep, "id">): string {
  return installerToml({
    steps: NASTY.map(([, text], i) => ({ id: `n${i}`, ...step(text, `n${i}`) })),
  });
}

/** `{ label: value }`, for a comparison that names what differs. */
function byLabel<T>(values: readonly T[]): Record<string, T> {
  return Object.fromEntries(LABELS.map((label, i) => [label, values[i] as T]));
}

const TEXTS = NASTY.map(([, text]) => text);

const CONTROL = /[\x00-\x1f]/;

/** Steps of these names run, and are told of by these names. */
async function expectNames(shell: Shell, names: readonly string[]): Promise<void> {
  const steps = names.map((name, i) => ({ id: `n${i}`, name, run: ":\n", checkpoint: {} }));
  const box = Sandbox.create(shell, installerToml({ steps }));
  await box.expectExit(0);
  expect((await box.status()).steps.map((step) => step.name)).toEqual(names);
  await box.expectExit(0, ["plan"]);
  const { stdout } = await box.expectExit(0, ["run", "--fresh", "--json"]);
  for (const line of stdout.trimEnd().split("\n")) JSON.parse(line);
  await box.expectExit(0, ["rollback", "--full"]);
  expect(existsSync("/pwned")).toBe(false);
}

inEachShell("nasty data", (shell) => {
  it("in steps' names", async () => {
    await expectNames(shell, TEXTS.filter((text) => !CONTROL.test(text)));
  });

  it("in steps' names: newlines and other control characters", async () => {
    await expectNames(shell, TEXTS.filter((text) => CONTROL.test(text)));
  });

  it("in the paths of state files", async () => {
    // A part of a path has no slash of its own.
    const parts = TEXTS.map((text) => text.replaceAll("/", "_"));
    const toml = nastyToml((text, id) => ({
      run: `cd ~/${id}\nfor one in * .[!.]*; do\n  [ ! -f "./$one" ] || echo new >"./$one"\ndone\n`,
      checkpoint: { state_files: [`~/${id}/${text.replaceAll("/", "_")}`] },
    }));
    const box = Sandbox.create(shell, toml);
    for (const [i, part] of parts.entries()) box.write(`n${i}/${part}`, "old\n", 0o640);
    const before = box.tree();
    await box.expectExit(0);
    const bytes = parts.map((part, i) => box.read(`n${i}/${part}`));
    expect(byLabel(bytes)).toEqual(byLabel(parts.map(() => "new\n")));

    const told = (await box.status()).steps.map(({ state_files: [file] }) => file);
    const wanted = parts.map((part, i) => ({
      path: box.path(`n${i}`, part),
      kind: "file",
      drift: "same",
    }));
    expect(byLabel(told)).toEqual(byLabel(wanted));
    const recorded = parts.map((_, i) => {
      const state = JSON.parse(box.store().read("state", `n${i}.json`));
      return state.state_files[0].path as string;
    });
    expect(byLabel(recorded)).toEqual(byLabel(wanted.map(({ path }) => path)));

    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect(existsSync("/pwned")).toBe(false);
  });

  it("in scripts and rollbacks", async () => {
    // The here-document's end must be one that no text has.
    const write = (to: string, text: string) =>
      `cat >~/${to} <<'a mark'\n${text}\na mark\n`;
    const toml = nastyToml((text, id) => ({
      run: write(`${id}-done`, text),
      checkpoint: { rollback: write(`${id}-undone`, text) },
    }));
    const box = Sandbox.create(shell, toml);
    const read = (what: string) => byLabel(TEXTS.map((_, i) => box.read(`n${i}-${what}`)));
    const wanted = byLabel(TEXTS.map((text) => `${text}\n`));
    await box.expectExit(0);
    expect(read("done")).toEqual(wanted);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(read("undone")).toEqual(wanted);
  });

  it("in scripts of another interpreter", async () => {
    const toml = nastyToml((text, id) => ({
      run: `cat >~/${id} <<'a mark'\n${text}\na mark\n`,
      interpreter: "/bin/sh",
    }));
    const box = Sandbox.create(shell, toml);
    await box.expectExit(0);
    const bytes = TEXTS.map((_, i) => box.read(`n${i}`));
    expect(byLabel(bytes)).toEqual(byLabel(TEXTS.map((text) => `${text}\n`)));
  });

  it("in expected texts", async () => {
    const toml = nastyToml((expect, id) => ({ verify: [{ cmd: `cat ~/${id}`, expect }] }));
    const box = Sandbox.create(shell, toml);
    for (const [i, text] of TEXTS.entries()) box.write(`n${i}`, `before ${text} after\n`);
    await box.expectExit(0);
    for (const [i] of TEXTS.entries()) box.write(`n${i}`, "before after\n");
    const { stdout, stderr } = await box.run(["verify"]);
    const refused = TEXTS.map((_, i) => new RegExp(`\\bn${i}\\b`).test(stdout + stderr));
    expect(byLabel(refused)).toEqual(byLabel(TEXTS.map(() => true)));
  });

  it("in the home, the checkpoint directory and where the person stands", async () => {
    const toml = installerToml({
      steps: [
        {
          id: "a",
          run: 'echo new >~/file\nprintf %s "$WAYMARK_PWD" >~/pwd\n',
          checkpoint: { state_files: ["~/file", "~/pwd"] },
        },
      ],
    });
    const box = Sandbox.create(shell, toml);
    const odd = join(box.root, "it's a \"$HOME\"\\n, 100% `odd` *");
    const home = join(odd, "home");
    mkdirSync(home, { recursive: true });
    const custom = join(odd, "-check points");
    const options = { env: { HOME: home }, cwd: odd };
    await box.expectExit(0, ["--checkpoint-dir", custom], options);
    const { stdout } = await box.expectExit(
      0,
      ["status", "--json", "--checkpoint-dir", custom],
      options,
    );
    expect(JSON.parse(stdout).dir).toBe(join(custom, "demo"));
    expect(new Store(home).read("pwd")).toBe(odd);
    await box.expectExit(0, ["rollback", "--full", "--checkpoint-dir", custom], options);
    expect(new Store(home).list()).toEqual([]);
  });

  it("in a path that the script itself has", async () => {
    const toml = installerToml({ steps: [{ id: "a", run: ": >~/done\n" }] });
    const box = Sandbox.create(shell, toml);
    for (const name of ["-x", "it's $HOME.sh", "a\nb", "*"]) {
      const script = join(box.stand, name);
      writeFileSync(script, compileToml(toml));
      const path = name.startsWith("-") ? `./${name}` : name;
      const command = [...box.shellCommand(), path, "--fresh"];
      expectExit(await box.startCommand(command).result, 0, name);
    }
    expect(box.exists("done")).toBe(true);
  });
});
