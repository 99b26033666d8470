// exports: what a step writes to $WAYMARK_EXPORTS is there for the steps that
// follow, as data, also in another process, and for the rollbacks.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inEachShell, inEachShellWithJournal, installerToml, needs, pause, Sandbox, statuses } from "./harness/index.js";

const NASTY = `it's "x" $(touch ~/pwned) \`id\` \\n \\ = \${HOME}	tab`;

/** A step's script that exports what the test gave it, in a file. */
const EXPORT = 'cat ~/exports >"$WAYMARK_EXPORTS"\n';
const SEE = `printf '%s|%s\\n' "$VERSION" "$ARCH" >>~/seen\n`;

const CHAIN = installerToml({
  environment: { ARCH: "declared" },
  steps: [
    { id: "early", run: `[ -z "\${VERSION+x}" ]\n`, checkpoint: { rollback: 'printf "%s\\n" "early ${VERSION-none}" >>~/undone' } },
    { id: "ask", run: EXPORT, exports: ["VERSION", "ARCH"], checkpoint: { rollback: 'printf "%s\\n" "ask ${VERSION-none}" >>~/undone' } },
    { id: "use", run: SEE + needs("ready"), checkpoint: { rollback: 'printf "%s\\n" "use ${VERSION-none}" >>~/undone' } },
    { id: "last", run: SEE, environment: { ARCH: "own" } },
  ],
});

inEachShell("exports", (shell) => {
  it("are there for later steps as data, and after a resume", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("exports", `VERSION=1\n\nARCH=${NASTY}\nVERSION=${NASTY}`);
    await box.expectExit(1);
    expect(box.read("seen")).toBe(`${NASTY}|${NASTY}\n`);
    box.write("ready", "");
    box.write("exports", "VERSION=2\nARCH=2\n");
    await box.expectExit(0, ["resume"]);
    expect(box.read("seen")).toBe(`${NASTY}|${NASTY}\n${NASTY}|${NASTY}\n${NASTY}|own\n`);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("undone")).toBe(`use ${NASTY}\nask ${NASTY}\nearly none\n`);
    expect(box.exists("pwned")).toBe(false);
  });

  it("are replaced when the step runs again", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("exports", "VERSION=1\nARCH=a\n");
    box.write("ready", "");
    await box.expectExit(0);
    box.write("exports", "VERSION=2\nARCH=b\n");
    await box.expectExit(0, ["resume", "--from", "ask"]);
    expect(box.read("seen")).toBe("1|a\n1|own\n2|b\n2|own\n");
  });

  it("come from the run below where their step is skipped", async () => {
    const toml = (version: string, more: string) =>
      installerToml({
        version,
        steps: [
          { id: "ask", run: EXPORT, exports: ["VERSION"], checkpoint: {} },
          { id: "use", run: `echo "$VERSION ${more}" >>~/seen\n`, checkpoint: { rollback: 'echo "$VERSION" >>~/undone' } },
        ],
      });
    const box = Sandbox.create(shell, toml("1", "one"));
    box.write("exports", "VERSION=7\n");
    await box.expectExit(0);
    box.write("exports", "VERSION=8\n");
    box.useToml(toml("2", "two"));
    await box.expectExit(0);
    box.useToml(toml("3", "three"));
    await box.expectExit(0);
    expect(box.read("seen")).toBe("7 one\n7 two\n7 three\n");
    expect(statuses(await box.status()).ask).toBe("skipped");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("undone")).toBe("7\n7\n7\n");
  });

  it("survive a kill -9 behind their step", async () => {
    const toml = installerToml({
      steps: [
        { id: "ask", run: EXPORT, exports: ["VERSION"] },
        { id: "use", run: `${pause("use")}echo "$VERSION" >>~/seen\n`, checkpoint: {} },
      ],
    });
    const box = Sandbox.create(shell, toml);
    box.write("exports", "VERSION=3\n");
    const running = box.start();
    await box.reached("use");
    running.signalGroup("SIGKILL");
    await running.result;
    box.write("exports", "VERSION=4\n");
    box.go();
    await box.expectExit(0, ["resume"]);
    // The first step has no checkpoint behind it: it ran again.
    expect(box.read("seen")).toBe("4\n");
  });

  const WRONG: readonly (readonly [string, string])[] = [
    ["VERSION=1\n", "exports: ARCH was not written"],
    ["VERSION=1\nARCH=2\nOTHER=3\n", "exports: not declared: OTHER"],
    ["VERSION=1\nARCH=2\nno value\n", "exports: no NAME=VALUE: no value"],
    ["VERSION=1\nARCH=2\nVERSION ARCH=3\n", "exports: not declared: VERSION ARCH"],
    ["", "exports: VERSION was not written"],
  ];

  it("that are wrong are an error of their step, which its log has", async () => {
    const box = Sandbox.create(shell, CHAIN);
    for (const [text, told] of WRONG) {
      box.write("exports", text);
      const { stderr } = await box.expectExit(1);
      expect(stderr).toContain(told);
      expect(statuses(await box.status()).ask).toBe("failed");
    }
    expect(box.exists("seen")).toBe(false);
  });

  it("begin with a fresh file in each attempt and step", async () => {
    const toml = installerToml({
      steps: [
        { id: "ask", run: `echo A=1 >>"$WAYMARK_EXPORTS"\n${needs("ready")}`, exports: ["A"] },
        { id: "ask-more", run: 'echo B=2 >>"$WAYMARK_EXPORTS"\n', exports: ["B"] },
        { id: "use", run: 'echo "$A$B" "${WAYMARK_EXPORTS-unset}" >>~/seen\n' },
      ],
    });
    const box = Sandbox.create(shell, toml);
    await box.expectExit(1);
    box.write("ready", "");
    await box.expectExit(0, ["resume"], { env: { WAYMARK_EXPORTS: "/nowhere" } });
    expect(box.read("seen")).toBe("12 unset\n");
  });

  it("let a script without exports undo the run", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("exports", "VERSION=5\nARCH=a\n");
    await box.expectExit(1);
    box.useToml(installerToml({ version: "2", steps: [{ id: "x", run: ":\n" }] }));
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("undone")).toBe("use 5\nask 5\nearly none\n");
  });
});

inEachShellWithJournal("exports", (shell) => {
  it("and values are imported with the journal", async () => {
    const box = Sandbox.create(shell, CHAIN);
    box.write("exports", `VERSION=${NASTY}\nARCH=a\n`);
    await box.expectExit(1, ["--set", `ARCH=${NASTY}`]);
    box.write("ready", "");
    const { stdout } = await box.expectExit(0, ["resume"], { env: { PATH: process.env.PATH } });
    expect(stdout).toContain("the journal was imported");
    expect(existsSync(join(box.store().dir, "checkpoint.db"))).toBe(true);
    // --set is for each variable of that name, a step's own too.
    expect(box.read("seen")).toBe(`${NASTY}|a\n${NASTY}|a\n${NASTY}|${NASTY}\n`);
    const rows = box.store().sql("SELECT name||' '||kind FROM variables WHERE ord=0");
    expect(rows).toEqual(["ARCH g"]);
  });
});
