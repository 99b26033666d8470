// [installer.environment], [step.environment] and --set: where a value comes
// from, what is refused, what a resume keeps, and what is never written down.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { diffTrees, inEachShell, installerToml, needs, Sandbox } from "./harness/index.js";

/** Shell text that appends a variable's value, whole, to `~/seen`. */
const see = (...names: string[]): string =>
  names.map((name) => `printf '%s=%s;' ${name} "$${name}" >>~/seen\n`).join("");

const NASTY = "it's \"x\" $(touch ~/pwned) `id`\\n \\ ${HOME}\n second line\ttab";
const SECRET = "s3cr3t-value";

const VARIABLES = {
  PREFIX: "/usr/local",
  PORT: { default: "8080", from_env: true, validate: "[0-9]{2,5}" },
  NAME: { from_env: ["APP_NAME", "OTHER_NAME"] },
  TOKEN: { from_env: "APP_TOKEN", required: true, secret: true },
} as const;

const PLAIN = installerToml({
  environment: VARIABLES,
  steps: [
    { id: "first", run: see("PREFIX", "PORT", "NAME"), checkpoint: { rollback: `printf '%s %s %s\\n' "$PREFIX" "$NAME" "\${TOKEN-no}" >>~/undone` } },
    {
      id: "second",
      environment: { PORT: "1", MODE: { default: "fast" } },
      run: see("PORT", "MODE") + needs("ready"),
      checkpoint: {},
      verify: [{ cmd: 'echo "$MODE at $PREFIX, ${#TOKEN}"', expect: "fast at" }],
    },
    { id: "third", run: `${see("PORT")}[ -z "\${MODE+x}" ]\n` },
  ],
});

const WITH_TOKEN = { env: { APP_TOKEN: SECRET } };

/** The files below a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).includes(text);
  });
}

inEachShell("environment", (shell) => {
  it("takes --set, then the environment, then the default, and a step's own for that step", async () => {
    const box = Sandbox.create(shell, PLAIN);
    box.write("ready", "");
    const env = { ...WITH_TOKEN.env, PORT: "99", PREFIX: "/ignored", APP_NAME: "", OTHER_NAME: "other" };
    await box.expectExit(0, ["run", "--set", "PREFIX=/opt"], { env });
    expect(box.read("seen")).toBe("PREFIX=/opt;PORT=99;NAME=other;PORT=1;MODE=fast;PORT=99;");
    const { stdout } = await box.expectExit(0, ["verify"], WITH_TOKEN);
    expect(stdout).toContain("1 steps verified");
  });

  it("hands values on as data, with newlines, and keeps them for a resume", async () => {
    const box = Sandbox.create(shell, PLAIN);
    await box.expectExit(1, [`--set=PREFIX=${NASTY}`], { env: { ...WITH_TOKEN.env, APP_NAME: NASTY } });
    expect(box.read("seen")).toBe(`PREFIX=${NASTY};PORT=8080;NAME=${NASTY};PORT=1;MODE=fast;`);
    box.write("ready", "");
    box.write("seen", "");
    const env = { ...WITH_TOKEN.env, PORT: "4711", APP_NAME: "another" };
    const { stdout } = await box.expectExit(0, ["plan"], { env });
    expect(stdout).toContain("PORT = 8080 (as the run began)");
    await box.expectExit(0, ["resume"], { env });
    expect(box.read("seen")).toBe("PORT=1;MODE=fast;PORT=8080;");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("undone")).toBe(`${NASTY} ${NASTY} \n`);
    expect(box.exists("pwned")).toBe(false);
  });

  it("keeps them when the call is killed, and a rollback file by hand has them", async () => {
    const toml = installerToml({
      environment: VARIABLES,
      steps: [
        { id: "first", run: ":\n", checkpoint: { rollback: 'echo "$PREFIX ${TOKEN-no}" >>~/undone' } },
        { id: "second", run: `${see("PREFIX")}: >"$TEST_SANDBOX/at-it"\nwhile [ ! -e "$TEST_SANDBOX/go" ]; do sleep 0.05; done\n` },
      ],
    });
    const box = Sandbox.create(shell, toml);
    const running = box.start(["--set", "PREFIX=/opt/a b"], WITH_TOKEN);
    await box.reached("it");
    running.signalGroup("SIGKILL");
    await running.result;
    const file = join(box.store().dir, "rollback", "first.sh");
    const by = box.startCommand([...box.shellCommand(), file]);
    expect((await by.result).exit).toBe(0);
    expect(box.read("undone")).toBe("/opt/a b no\n");
    box.go();
    await box.expectExit(0, ["resume"], WITH_TOKEN);
    expect(box.read("seen")).toBe("PREFIX=/opt/a b;PREFIX=/opt/a b;");
  });

  it("refuses all that is missing or wrong at once, and changes nothing", async () => {
    const box = Sandbox.create(shell, PLAIN);
    const before = box.wholeTree();
    const { stdout, stderr } = await box.expectExit(2, [], { env: { PORT: "80\n81" } });
    expect(stdout).toBe("");
    expect(stderr).toContain("TOKEN is required: give it with APP_TOKEN in the environment");
    expect(stderr).toContain("PORT (from PORT) must match [0-9]{2,5}, and is: 80 81");
    expect(stderr).toContain("values missing or wrong: 2");
    for (const wrong of ["8", "123456", "80a", "", "x80", "[0-9]{2,5}"]) {
      const told = await box.expectExit(2, ["--set", `PORT=${wrong}`], WITH_TOKEN);
      expect(told.stderr).toContain("PORT (--set) must match");
    }
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("asks for a secret again, and refuses a resume without it", async () => {
    const box = Sandbox.create(shell, PLAIN);
    await box.expectExit(1, [], WITH_TOKEN);
    const before = box.wholeTree();
    const { stderr } = await box.expectExit(2, ["resume"]);
    expect(stderr).toContain("TOKEN is required");
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("shows a secret nowhere: no file, no word of a program, no output", async () => {
    const toml = installerToml({
      environment: { TOKEN: { from_env: true, secret: true, validate: "[a-z0-9-]+" } },
      steps: [
        {
          id: "first",
          run: `[ "$TOKEN" = ${"s3cr3t"}-value ]\nprintf '%s\\n' ran >>~/seen\n`,
          checkpoint: { rollback: '[ -n "$TOKEN" ]' },
        },
      ],
    });
    const box = Sandbox.create(shell, toml);
    for (const name of ["printf", "grep", "awk", "sqlite3", "sed", "cat"]) {
      const real = findTool(name);
      if (real === undefined || (name === "sqlite3" && shell.journal)) continue;
      box.program(name, `#!/bin/sh\necho "$*" >>"$TEST_SANDBOX/words"\nexec ${real} "$@"\n`);
    }
    const env = { TOKEN: SECRET };
    const plan = await box.expectExit(0, ["plan", "--json"], { env });
    expect(plan.stdout).toContain('"name":"TOKEN","step":"","value":"(secret)"');
    const wrong = await box.expectExit(2, [], { env: { TOKEN: `${SECRET} no` } });
    const run = await box.expectExit(0, ["--json"], { env });
    const undo = await box.expectExit(0, ["rollback", "--full"], { env });
    for (const { stdout, stderr } of [plan, wrong, run, undo]) {
      expect(stdout + stderr).not.toContain(SECRET);
    }
    expect(box.read("seen")).toBe("ran\n");
    expect(filesWith(box.root, SECRET).filter((file) => file !== "install.sh" && !file.endsWith("/install.sh"))).toEqual([]);
  });

  it("refuses --set of what is not declared, of a secret, and with other verbs", async () => {
    const box = Sandbox.create(shell, PLAIN);
    const before = box.wholeTree();
    const cases: readonly (readonly [string[], string])[] = [
      [["--set", "PREFX=/opt"], "Those there are: PREFIX PORT NAME TOKEN MODE"],
      [["--set", "TOKEN=abc"], "TOKEN is secret"],
      [["--set", "PREFIX"], "--set takes NAME=VALUE"],
      [["--set"], "unknown flag: --set"],
      [["--set", "$(touch ~/pwned)=1"], "no variable to set: $(touch ~/pwned)"],
      [["status", "--set", "PORT=80"], "status does not take --set"],
      [["--set", "PORT=80", "rollback"], "rollback does not take --set"],
    ];
    for (const [args, told] of cases) {
      const { stderr } = await box.expectExit(2, args, WITH_TOKEN);
      expect(stderr).toContain(told);
    }
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("starts a new run on top where a value changes, and says so", async () => {
    const box = Sandbox.create(shell, PLAIN);
    await box.expectExit(1, ["--set", "NAME=one"], WITH_TOKEN);
    box.write("ready", "");
    const strict = await box.expectExit(2, ["resume", "--strict", "--set", "NAME=two"], WITH_TOKEN);
    expect(strict.stderr).toContain("values changed since that run: NAME");
    box.write("seen", "");
    const { stdout } = await box.expectExit(0, ["resume", "--set", "NAME=two"], WITH_TOKEN);
    expect(stdout).toContain("every step runs again: values changed: NAME");
    expect(box.read("seen")).toContain("NAME=two;PORT=1;");
    const same = await box.expectExit(0, ["--set", "NAME=two"], WITH_TOKEN);
    expect(same.stdout).toContain("installed already");
    await box.expectExit(0, ["rollback", "--full"], WITH_TOKEN);
    expect(box.read("undone")).toBe(`/usr/local two ${SECRET}\n/usr/local one ${SECRET}\n`);
  });

  it("runs all steps of a new version again where a value is another one", async () => {
    const toml = (version: string, prefix: string) =>
      installerToml({
        version,
        environment: { PREFIX: prefix },
        steps: [{ id: "only", run: see("PREFIX"), checkpoint: {} }],
      });
    const box = Sandbox.create(shell, toml("1", "/a"));
    await box.expectExit(0);
    box.useToml(toml("2", "/a"));
    await box.expectExit(0);
    expect(box.read("seen")).toBe("PREFIX=/a;");
    box.useToml(toml("3", "/b"));
    await box.expectExit(0);
    expect(box.read("seen")).toBe("PREFIX=/a;PREFIX=/b;");
  });

  it("lets a script without variables undo such a run", async () => {
    const box = Sandbox.create(shell, PLAIN);
    await box.expectExit(1, ["--set", "PREFIX=/p"], WITH_TOKEN);
    box.useToml(installerToml({ version: "2", steps: [{ id: "first", run: ":\n", checkpoint: {} }] }));
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("undone")).toBe("/p  no\n");
  });

  it("can set the names that installers use", async () => {
    const names =
      "VERSION PREFIX USER LOGNAME HOST HOSTNAME PORT MODE TYPE NAME ID STATUS VALUE LANG LC_ALL TZ TMPDIR EDITOR a A x _x step n i name".split(" ");
    const toml = installerToml({
      environment: Object.fromEntries(names.map((name) => [name, "C"])),
      steps: [{ id: "only", run: names.map((name) => `[ "$(env | grep -c '^${name}=C$')" = 1 ]\n`).join("") }],
    });
    await Sandbox.create(shell, toml).expectExit(0);
  });
});

