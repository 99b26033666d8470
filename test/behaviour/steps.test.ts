// What a step may do to its shell without harm to the run, and what it sees.
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import {
  inEachShell,
  installerToml,
  needs,
  Sandbox,
  trace,
} from "./harness/index.js";

/** `run` between two steps that leave a trace. */
function between(run: string, more: object = {}): string {
  return installerToml({
    steps: [
      { id: "before", run: trace("before"), checkpoint: {} },
      { id: "odd", run, checkpoint: {}, ...more },
      { id: "after", run: `${trace("after")}pwd -P >~/after-pwd\n`, checkpoint: {} },
    ],
  });
}

/** Each is odd, and each succeeds. */
const HARMLESS: readonly (readonly [string, string])[] = [
  ["reads standard input", "cat >~/stdin\n"],
  ["exits 0 early", "exit 0\nfalse\n"],
  ["sets its own EXIT trap", 'trap "echo trapped >>~/trapped" EXIT\n'],
  ["sets traps for signals", "trap : INT TERM HUP PIPE\ntrap '' USR1\n"],
  ["closes descriptors", "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-\n"],
  ["uses descriptors", "exec 3>~/three 4>~/four\necho x >&3\necho y >&4\n"],
  ["closes its output", "exec >&- 2>&-\n"],
  ["starts a background child", "sleep 0.2 &\n"],
  ["exports variables", "PATH=/nowhere\nHOME=/nowhere\nIFS=x\nexport PATH HOME\n"],
  ["sets the runtime's names", "RT_REPLY=x\nrt_dir=x\nWAYMARK_DIR=x\nRT_VERSION=x\n"],
  ["defines functions of common names", "rt_die() { exit 9; }\nmain() { :; }\n"],
  ["cds away", "cd /\n"],
  ["changes the umask", "umask 0777\n"],
  ["turns options on and off", "set +eu\nset -fx\nfalse\n: $no_such\n"],
  ["turns noclobber on", "set -C\n"],
  ["changes its arguments", "set -- a b c\nshift 2\n"],
  ["writes much output", "i=0\nwhile [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done\n"],
  ["prints no last newline", "printf 'no newline'\n"],
  ["prints odd bytes", "printf '\\000\\377\\033[31m\\r%%s\\n'\n"],
  ["unsets what it knows", "unset HOME IFS WAYMARK_STEP WAYMARK_DIR\n"],
  ["returns", "return 0\nfalse\n"],
  ["aliases a builtin", "alias printf=false\n"],
];

inEachShell("a step", (shell) => {
  it.each(HARMLESS)("%s, and the run goes on", async (_, run) => {
    const box = Sandbox.create(shell, between(run));
    await box.expectExit(0, [], { input: "for nobody\n" });
    expect(box.trace()).toEqual(["before", "after"]);
    expect(box.read("after-pwd").trim()).toBe(realpathSync(box.store().path("work")));
    if (box.exists("stdin")) expect(box.read("stdin")).toBe("");
    if (run.includes("trapped")) expect(box.read("trapped")).toBe("trapped\n");
  });

  it.each([
    ["a failing command", "false\n", 1],
    ["an exit status", "exit 77\n", 77],
    ["a failing command in a function", "f() { false; :; }\nf\n", 1],
    ["a failing command in a group", "{ false; }\n", 1],
    ["a failing last command of a pipe", "echo | false\n", 1],
    ["a missing command", "no-such-command-of-mine\n", 127],
    ["a command killed by a signal", "sh -c 'kill -s KILL $$'\n", 137],
  ])("fails by %s, and the run stops", async (_, run, code) => {
    const box = Sandbox.create(shell, between(run));
    const { stdout, stderr } = await box.expectExit(1);
    expect(box.trace()).toEqual(["before"]);
    const odd = (await box.status()).steps[1];
    expect(odd).toMatchObject({ status: "failed", exit_code: code });
    expect(stdout + stderr).toMatch(/odd/);
    expect(stdout + stderr).toContain(box.store().path("logs", "odd.1.log"));
  });

  it.each([
    ["an unset variable", ': "$no_such_variable"\n'],
    ["a syntax error of eval", "eval 'if'\n"],
    ["a file to source that is not there", ". /no/such/file\n"],
    ["a kill of its own shell", "kill -s TERM $$\nsleep 5\n"],
  ])("fails by %s, whatever the shell makes of it", async (_, run) => {
    const box = Sandbox.create(shell, between(run));
    const { exit } = await box.run();
    expect(exit).not.toBe(0);
    expect(box.trace()).toEqual(["before"]);
    expect((await box.status()).steps[1]?.status).toBe("failed");
  });

  it("shows its last lines where it fails", async () => {
    const run = "i=0\nwhile [ $i -lt 500 ]; do echo line $i; i=$((i + 1)); done\necho why >&2\nfalse\n";
    const box = Sandbox.create(shell, between(run));
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toContain("line 499");
    expect(stdout + stderr).toContain("why");
    expect(stdout + stderr).not.toContain("line 100\n");
    expect(box.store().read("logs", "odd.1.log")).toContain("line 100\n");
  });

  it("goes on past a failing command with errexit = false", async () => {
    const run = "false\necho on >~/on\n";
    const box = Sandbox.create(shell, between(run, { errexit: false }));
    await box.expectExit(0);
    expect(box.read("on")).toBe("on\n");
  });

  it("is failed by its last command also with errexit = false", async () => {
    const box = Sandbox.create(shell, between(": \nfalse\n", { errexit: false }));
    await box.expectExit(1);
  });

  it("sees WAYMARK_STEP, WAYMARK_DIR, WAYMARK_WORK and WAYMARK_PWD", async () => {
    const run =
      'printf "%s\\n" "$WAYMARK_STEP" "$WAYMARK_DIR" "$WAYMARK_WORK" "$WAYMARK_PWD" >~/seen\n' +
      "sh -c 'echo \"$WAYMARK_STEP\"' >>~/seen\npwd >>~/seen\n";
    const box = Sandbox.create(shell, between(run));
    await box.expectExit(0);
    const { dir } = box.store();
    const work = join(dir, "work");
    expect(box.read("seen").split("\n").slice(0, -1)).toEqual([
      "odd",
      dir,
      work,
      box.stand,
      "odd",
      work,
    ]);
  });

  it("has the person's umask and environment", async () => {
    const run = 'umask >~/mask\nprintf "%s" "$MINE" >~/mine\n: >~/made\n';
    const box = Sandbox.create(shell, between(run));
    const lax = ["/bin/sh", "-c", 'umask 026; exec "$@"', "sh"];
    await box.expectExit(0, [], { env: { MINE: "a b\n$c'" }, under: lax });
    expect(Number.parseInt(box.read("mask"), 8)).toBe(0o026);
    expect(box.read("mine")).toBe("a b\n$c'");
    expect(box.tree().get("made")).toContain("file 0640");
    expect(box.store().mode("state", "odd.json")).toBe("600");
    expect(box.store().mode(box.store().file)).toBe("600");
  });

  it("finds work/ as the last step left it, also after a resume", async () => {
    const toml = installerToml({
      steps: [
        { id: "a", run: "echo a >a\n", checkpoint: {} },
        { id: "b", run: `cat a >b\n${needs("ready")}`, checkpoint: {} },
        { id: "c", run: "cat a b >~/c\n", checkpoint: {} },
      ],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(1);
    box.write("ready", "");
    const elsewhere = join(box.root, "elsewhere");
    mkdirSync(elsewhere);
    await box.expectExit(0, ["resume"], { cwd: elsewhere });
    expect(box.read("c")).toBe("a\na\n");
  });

  it("runs its verification after the script", async () => {
    const good = [{ cmd: "cat ~/made", expect: "made" }];
    const bad = [...good, { cmd: "test -e ~/nope" }];
    const box = Sandbox.create(shell, between("echo made >~/made\n", { verify: good }));
    await box.expectExit(0);
    box.useToml(between("echo made >~/made\n", { verify: bad }));
    const { stdout, stderr } = await box.expectExit(1, ["run", "--fresh"]);
    expect(stdout + stderr).toContain("nope");
  });

  it("is verified by combined output and exit status", async () => {
    const box = Sandbox.create(
      shell,
      installerToml({
        steps: [
          { id: "err", verify: [{ cmd: "echo on err >&2", expect: "on err" }] },
          { id: "empty", verify: [{ cmd: "true", expect: "" }] },
          { id: "status", verify: [{ cmd: "true" }] },
        ],
      }),
    );
    await box.expectExit(0);
    for (const verify of [
      { cmd: "false" },
      { cmd: "echo other", expect: "text" },
      { cmd: "false", expect: "" },
      { cmd: "cat; false" },
    ]) {
      box.useToml(installerToml({ steps: [{ id: "v", verify: [verify] }] }));
      await box.expectExit(1, ["run", "--fresh"], { input: "text\n" });
    }
  });
});

inEachShell("an interpreter", (shell) => {
  const bash = findTool("bash");
  const python = findTool("python3");

  it.runIf(bash)("bash runs its own text", async () => {
    const run = 'words=(a "b c")\n[[ ${#words[@]} = 2 ]]\necho "${words[1]}" >~/out\n';
    const box = Sandbox.create(shell, between(run, { interpreter: "bash" }));
    await box.expectExit(0);
    expect(box.read("out")).toBe("b c\n");
  });

  it.runIf(bash)("that fails fails the step", async () => {
    const box = Sandbox.create(shell, between("exit 12\n", { interpreter: "bash" }));
    await box.expectExit(1);
    expect((await box.status()).steps[1]).toMatchObject({ exit_code: 12 });
    expect(box.trace()).toEqual(["before"]);
  });

  it.runIf(python)("python3 runs its own text, in work/, without input", async () => {
    const run =
      'import os, sys\nopen(os.path.expanduser("~/out"), "w").write(\n' +
      "    os.getcwd() + sys.stdin.read() + os.environ['WAYMARK_STEP'])\n";
    const box = Sandbox.create(shell, between(run, { interpreter: "python3" }));
    await box.expectExit(0, [], { input: "nothing for it" });
    expect(box.read("out")).toBe(`${realpathSync(box.store().path("work"))}odd`);
  });

  it("that is not there fails the step, and says so", async () => {
    const toml = between("x\n", { interpreter: "no-such-interpreter" });
    const box = Sandbox.create(shell, toml);
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toContain("no-such-interpreter");
  });

  it("may have arguments", async () => {
    const run = "false\necho on >~/out\n";
    const box = Sandbox.create(shell, between(run, { interpreter: "/usr/bin/env sh" }));
    await box.expectExit(0);
    expect(box.read("out")).toBe("on\n");
  });
});
