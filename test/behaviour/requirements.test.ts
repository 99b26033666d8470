// [installer.requirements]: told together, before anything is made or changed.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import {
  diffTrees,
  inEachShell,
  inEachShellWithSqlite,
  installerToml,
  needs,
  Sandbox,
  type TestStep,
  trace,
} from "./harness/index.js";

type Requirements = Readonly<Record<string, string | boolean | readonly string[]>>;
type Options = NonNullable<Parameters<Sandbox["run"]>[1]>;

const ONLY: TestStep = { id: "only", run: trace("only"), checkpoint: {} };

function demo(requirements: Requirements, ...steps: TestStep[]): string {
  return installerToml({ requirements, steps: steps.length > 0 ? steps : [ONLY] });
}

/** What this host says of itself in /etc/os-release. */
function release(key: string): string {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return new RegExp(`^${key}=["']?([^"'\n]*)`, "m").exec(text)?.[1] ?? "";
}

const id = release("ID");
const version = release("VERSION_ID");
const main = Number(version.split(".")[0]);
const machines = { x64: "amd64", arm64: "arm64", ia32: "i686", riscv64: "riscv64" } as const;
const machine = machines[arch() as keyof typeof machines];
const isRoot = process.getuid?.() === 0;
const canUnshare = isRoot && spawnSync("unshare", ["-m", "-n", "true"]).status === 0;

const routes = existsSync("/proc/net/route") ? readFileSync("/proc/net/route", "utf8") : "";
const hasRoute = /^(?!Iface|lo|\*)\S+\t(?!0000FEA9)/m.test(routes);

/** Runs it and asks for exit 3, and that nothing else came of it. */
async function refused(box: Sandbox, args: readonly string[] = [], options: Options = {}): Promise<string> {
  const before = box.wholeTree();
  const { stdout, stderr } = await box.expectExit(3, args, options);
  expect(diffTrees(before, box.wholeTree())).toEqual([]);
  expect(box.trace()).toEqual([]);
  expect(stderr).toContain("Nothing was changed.");
  return stdout + stderr;
}

/** Command words in front of a shell: in a namespace where `setup` was run. */
function inNamespace(setup: string, ...words: string[]): string[] {
  const script = `{ ${setup}; } || exit 99; shift ${words.length}; exec "$@"`;
  return ["unshare", "-m", "-n", "sh", "-c", script, "sh", ...words];
}

inEachShell("requirements that are not met", (shell) => {
  const asked = { os: ["plan9", "linux > 9999"], arch: ["s390x"], commands: ["no-such-a", "sh", "no-such-b"] };
  const toml = demo({ ...asked, disk_space: "900 TB" });

  it("are told together, with what was found and what to do", async () => {
    const box = Sandbox.create(shell, toml);
    const told = await refused(box);
    const kernel = spawnSync("uname", ["-r"], { encoding: "utf8" }).stdout.trim();
    expect(told).toContain("os: requires plan9 or linux > 9999, found ");
    expect(told).toContain(`kernel ${kernel}\n`);
    expect(told).toMatch(/arch: requires s390x, found \w+\n      Run it on such a machine/);
    expect(told).toContain("requires no-such-a, sh and no-such-b, found no no-such-a, no no-such-b\n");
    expect(told).toMatch(/disk_space: requires 900 TB, found .* free in \//);
  });

  it("are events with --json, and exit 3 from a pipe too", async () => {
    const box = Sandbox.create(shell, toml);
    const before = box.wholeTree();
    const { stdout } = await box.expectExit(3, ["--json"]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, key, met }) => [event, key, met])).toEqual([
      ["requirement", "os", false],
      ["requirement", "arch", false],
      ["requirement", "commands", false],
      ["requirement", "disk_space", false],
      ["error", undefined, undefined],
    ]);
    const piped = await box.startCommand(box.shellCommand(), { input: box.script() }).result;
    expect(piped.exit).toBe(3);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("are told by plan, which exits 0 and changes nothing", async () => {
    const box = Sandbox.create(shell, demo({ ...asked, commands: ["sh"] }));
    const before = box.wholeTree();
    const { stdout, stderr } = await box.expectExit(0, ["plan"]);
    expect(stdout).toMatch(/requires os: plan9 or linux > 9999: NOT MET \(/);
    expect(stdout).toContain("requires commands: sh: met (on PATH)\n");
    expect(stdout).toContain("A run would exit with 3");
    expect(stdout).toMatch(/\[1\/1\] run  only/);
    expect(stderr).toBe("");
    const json = (await box.expectExit(0, ["run", "--dry-run", "--json"])).stdout;
    const lines = json.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ key, met }) => [key, met])).toEqual([
      ["os", false],
      ["arch", false],
      ["commands", true],
      [undefined, undefined],
    ]);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });

  it("are asked of a resume, and of no rollback and no status", async () => {
    const box = Sandbox.create(
      shell,
      demo({ commands: ["tool"] }, ONLY, { id: "late", run: needs("ready"), checkpoint: {} }),
    );
    box.program("tool", "#!/bin/sh\n");
    await box.expectExit(1);
    box.clearTrace();
    rmSync(join(box.root, "bin", "tool"));
    box.write("ready", "");
    const before = await box.status();
    expect(await refused(box, ["resume"])).toContain("no tool");
    expect(await box.status()).toEqual(before);
    await box.expectExit(0, ["resume", "--list"]);
    await box.expectExit(0, ["rollback", "--full"]);
  });
});

inEachShell("requirements that are met", (shell) => {
  const own = id === "" ? "linux" : id;
  const fits = main > 0 ? [`${own} >= ${version}`, `${own} > ${main - 1}`, `${own} = ${main}`, `${own} < ${main + 1}`] : [];
  const fails = main > 0 ? [`${own} > ${version}`, `${own} >= ${main + 1}`, `${own} < ${version}`] : [];

  it.each([own, "linux", ...fits])("let this host pass: %s", async (entry) => {
    const box = Sandbox.create(shell, demo({ os: ["plan9", entry] }));
    const { stderr } = await box.expectExit(0);
    expect(stderr).toBe("");
    expect(box.trace()).toEqual(["only"]);
  });

  it.each(fails)("do not: %s", async (entry) => {
    const box = Sandbox.create(shell, demo({ os: [entry] }));
    expect(await refused(box)).toContain(`requires ${entry}, found ${id} ${version}\n`);
  });

  it.runIf(machine)("the machine's name in another spelling, commands and some room", async () => {
    const box = Sandbox.create(
      shell,
      demo({ arch: ["s390x", machine], commands: ["sh", "awk"], disk_space: "1 kB", privileges: "user" }),
    );
    const { stderr } = await box.expectExit(0);
    expect(stderr).toBe("");
    expect(box.trace()).toEqual(["only"]);
  });

  it("are data: nothing of the environment is run", async () => {
    const box = Sandbox.create(shell, demo({ commands: ["tool", "no-such"], disk_space: "900TB" }));
    const home = join(box.root, 'a "home"\n$(touch $TEST_SANDBOX/pwned)`touch $TEST_SANDBOX/pwned`');
    mkdirSync(join(home, "bin"), { recursive: true });
    writeFileSync(join(home, "bin", "tool"), "#!/bin/sh\n", { mode: 0o755 });
    const env = { HOME: home, PATH: `${box.env().PATH}:${home}/bin` };
    const told = await refused(box, [], { env });
    expect(told).toContain("found no no-such\n");
    expect(told).toContain('a "home" $(touch');
    expect(existsSync(join(box.root, "pwned"))).toBe(false);
  });
});

inEachShell("disk space", (shell) => {
  const steps: TestStep[] = [ONLY, { id: "late", run: needs("ready"), checkpoint: {} }];
  const toml = demo({ disk_space: "1MB" }, ...steps);
  const full = "#!/bin/sh\necho head\necho '/dev/a 100 50 50 50% /'\n";

  it("does not stop a run that has taken its part already", async () => {
    const box = Sandbox.create(shell, toml);
    await box.expectExit(1);
    box.program("df", full);
    box.write("ready", "");
    expect((await box.expectExit(0, ["plan"])).stdout).toMatch(/1MB: cannot tell \(50 KiB free in .*taken/);
    const { stderr } = await box.expectExit(0, ["resume"]);
    expect(stderr).toContain("cannot tell whether this host meets disk_space: 1MB");
    expect((await box.expectExit(0)).stdout).toContain("is installed already");
    expect(box.processes()).toEqual([]);
  });

  it("is asked of a new run on top, and after a rollback", async () => {
    const box = Sandbox.create(shell, toml);
    box.write("ready", "");
    await box.expectExit(0);
    box.clearTrace();
    box.program("df", full);
    expect(await refused(box, ["run", "--fresh"])).toContain("50 KiB free");
    box.useToml(toml.replace("1.0.0", "2.0.0"));
    await refused(box);
    box.useToml(toml);
    await box.expectExit(0, ["rollback", "--full"]);
    await refused(box);
  });

  it("cannot be told where df fails: the run goes on, and says so", async () => {
    const box = Sandbox.create(shell, demo({ disk_space: "1MB" }));
    box.program("df", "#!/bin/sh\nexit 1\n");
    expect((await box.expectExit(0)).stderr).toContain("df does not tell for");
    expect(box.trace()).toEqual(["only"]);
  });
});

describe.runIf(isRoot && findTool("setpriv"))("as a person who is not root", () => {
  inEachShellWithSqlite("privileges", (shell) => {
    it("root is required", async () => {
      const box = Sandbox.create(shell, demo({ privileges: "root" }));
      await box.expectExit(0, ["plan"]);
      for (const open of [box.root, box.tmp]) chmodSync(open, 0o777);
      const under = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
      expect(await refused(box, [], { under })).toContain("privileges: requires root, found uid 65534\n");
      await box.expectExit(0);
    });
  });
});

const why = canUnshare ? "" : " (skipped: no unshare here)";

describe.runIf(canUnshare)(`in a namespace of their own${why}`, () => {
  inEachShellWithSqlite("requirements", (shell) => {
    it("network: a route to others", async () => {
      const box = Sandbox.create(shell, demo({ network: true }));
      const told = await refused(box, [], { under: inNamespace(":") });
      expect(told).toContain("network: requires a route to other hosts, found none\n");
    });

    it.runIf(hasRoute)("network: there is one where this test runs", async () => {
      const box = Sandbox.create(shell, demo({ network: true }));
      await box.expectExit(0);
    });

    it.each([
      ["Alpine", "ID=alpine\nVERSION_ID=3.9.6\n", ["alpine >= 3.10"], ["alpine < 3.10"]],
      ["Mint", 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21"\n', ["ubuntu >= 20.04"], ["ubuntu"]],
      ["a rolling Debian", "ID=debian\n", ["debian <= 99"], ["debian >= 99"]],
    ])("os: %s", async (_, text, other, own) => {
      const box = Sandbox.create(shell, demo({ os: other }));
      const file = box.signalFile("os-release");
      writeFileSync(file, text);
      const under = inNamespace('mount --bind "$1" /etc/os-release', file);
      await refused(box, [], { under });
      box.useToml(demo({ os: own }));
      await box.expectExit(0, [], { under });
    });

    it("disk space: of the home, and of the checkpoint directory", async () => {
      const box = Sandbox.create(shell, demo({ disk_space: "20MB" }));
      const small = (place: string): string[] => inNamespace('mount -t tmpfs -o size=4m x "$1"', place);
      const dir = join(box.root, "small");
      mkdirSync(dir);
      const told = await refused(box, ["--checkpoint-dir", dir], { under: small(dir) });
      expect(told).toContain(` free in ${dir}`);
      expect(told).toContain("--checkpoint-dir DIR");
      const home = await refused(box, ["--checkpoint-dir", dir], { under: small(box.home) });
      expect(home).toContain(`KiB free in ${box.home}`);
      box.useToml(demo({ disk_space: "1.5 MB" }));
      await box.expectExit(0, ["--checkpoint-dir", dir], { under: small(dir) });
    });
  });
});
