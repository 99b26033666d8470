// Names, paths and texts are data, whatever characters they have.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  compileToml,
  diffTrees,
  expectExit,
  inEachShell,
  installerToml,
  Sandbox,
  stepOf,
  Store,
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

inEachShell("nasty data", (shell) => {
  it.each(NASTY)("in a step's name: %s", async (_, name) => {
    const toml = installerToml({
      description: name,
      steps: [{ id: "a", name, run: ": >~/done\n", checkpoint: {} }],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(0);
    expect(stepOf(await box.status(), "a").name).toBe(name);
    expect(existsSync("/pwned")).toBe(false);
    await box.expectExit(0, ["plan"]);
    await box.expectExit(0, ["rollback", "--full"]);
  });

  it.each(NASTY)("in a state file's path: %s", async (_, text) => {
    // A path has no place for an empty part or a slash of its own.
    const part = text.replaceAll("/", "_");
    const path = `~/dir/${part}`;
    const run = `cd ~/dir\nfor one in * .[!.]*; do\n  [ ! -f "$one" ] || echo new >"./$one"\ndone\n`;
    const toml = installerToml({
      steps: [{ id: "a", run, checkpoint: { state_files: [path] } }],
    });
    const box = Sandbox.create(shell, toml);
    box.write(`dir/${part}`, "old\n", 0o640);
    const before = box.tree();
    await box.expectExit(0);
    expect(box.read(`dir/${part}`)).toBe("new\n");
    const file = stepOf(await box.status(), "a").state_files[0];
    expect(file?.path.endsWith(`/dir/${part}`), file?.path).toBe(true);
    expect(file?.drift).toBe("same");
    const state = JSON.parse(box.store().read("state", "a.json"));
    expect(state.state_files[0].path.endsWith(`/dir/${part}`)).toBe(true);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect(existsSync("/pwned")).toBe(false);
  });

  it.each(NASTY)("in a script and its rollback: %s", async (_, text) => {
    // The here-document's end must be one that the text does not have.
    const write = (to: string) => `cat >"$HOME/${to}" <<'a mark'\n${text}\na mark\n`;
    const toml = installerToml({
      steps: [
        { id: "a", run: write("done"), checkpoint: { rollback: write("undone") } },
      ],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(0);
    expect(box.read("done")).toBe(`${text}\n`);
    await box.expectExit(0, ["rollback"]);
    expect(box.read("undone")).toBe(`${text}\n`);
  });

  it.each(NASTY)("in an expected text: %s", async (_, text) => {
    const verify = [{ cmd: "cat ~/text; cat ~/more >&2", expect: text }];
    const toml = installerToml({ steps: [{ id: "check", verify }] });
    const box = Sandbox.create(shell, toml);
    box.write("text", `before ${text} after\n`);
    box.write("more", "");
    await box.expectExit(0);
    box.write("text", "before after\n");
    await box.expectExit(1, ["run", "--fresh"]);
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
