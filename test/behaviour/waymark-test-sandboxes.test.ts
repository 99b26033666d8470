// The sandboxes of `waymark test` with a file system of their own, for real.
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAIM_NAMES } from "../../src/testing/claims/claim.js";
import { linkPrograms } from "../../src/testing/programs.js";
import { findTool } from "../setup/tools.js";
import { exampleFolder, expectExit, projectRoot, Running, startServer } from "./harness/index.js";

const SOME = ["--seed", "7", "--points", "2", "--kills", "1", "--shell", "sh"];

/** Changes what only a file system of its own lets it change. */
const SYSTEM = `[installer]
name = "system"
version = "1.0.0"

[[step]]
id = "settings"
name = "Settings"
action = "script"
[step.checkpoint]
atomic = true
state_files = ["/etc/waymark-system.conf", "/usr/lib/waymark-system", "/etc/passwd"]
[step.script]
content = '''
echo conf >/etc/waymark-system.conf
mkdir -p /usr/lib/waymark-system
echo data >/usr/lib/waymark-system/data
grep -q '^system:' /etc/passwd || echo 'system:x:999:999::/:/bin/sh' >>/etc/passwd
'''
`;

const FORGETS = SYSTEM.replace("echo conf", "echo x >/etc/waymark-forgotten; rm -f /etc/passwd-; echo conf");

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "waymark-testing-")));
  for (const [name, toml] of [["right", SYSTEM], ["wrong", FORGETS]] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "installer.toml"), toml);
  }
  makeRootfs(join(folder, "rootfs"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A system of busybox alone, without sqlite3. */
function makeRootfs(rootfs: string): void {
  const busybox = findTool("busybox");
  if (busybox === undefined) return;
  for (const name of ["bin", "etc", "usr/lib", "proc", "dev", "tmp", "run"]) {
    mkdirSync(join(rootfs, name), { recursive: true });
  }
  const { stdout } = spawnSync("ldd", [busybox], { encoding: "utf8" });
  for (const library of stdout?.match(/\/[^ )]+/g) ?? []) {
    mkdirSync(join(rootfs, dirname(library)), { recursive: true });
    copyFileSync(library, join(rootfs, library));
  }
  copyFileSync(busybox, join(rootfs, "bin", "busybox"));
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) {
    if (applet !== "busybox") symlinkSync("busybox", join(rootfs, "bin", applet));
  }
  writeFileSync(join(rootfs, "etc", "passwd"), "root:x:0:0::/:/bin/sh\n");
  writeFileSync(join(rootfs, "etc", "passwd-"), "root:x:0:0::/:/bin/sh\n");
}

async function waymarkTest(exit: number, args: readonly string[], path = process.env.PATH ?? "") {
  const cli = join(projectRoot, "dist", "cli.js");
  const command = [process.execPath, cli, "test", "--json", ...SOME, ...args];
  const env = { ...process.env, PATH: path, HOME: folder, TMPDIR: folder } as Record<string, string>;
  const result = await new Running(command, { cwd: folder, env, limitMs: 115_000 }).result;
  expectExit(result, exit, args.join(" "));
  const lines = result.stdout.trim().split("\n").filter(Boolean);
  const told = lines.map((line) => JSON.parse(line) as Record<string, any>);
  return { stderr: result.stderr, told: told.filter((line) => "claim" in line) };
}

function verdicts(told: readonly Record<string, any>[]): Record<string, unknown> {
  return Object.fromEntries(
    told.map((one) => [one.claim, one.verdict === "proven" ? "proven" : one]),
  );
}

const PROVEN = Object.fromEntries(CLAIM_NAMES.map((name) => [name, "proven"]));

/** Why a kind cannot be tried here; undefined where it can. */
const lacks = {
  bwrap: lacksOf(["--sandbox", "bwrap"]),
  podman: findTool("podman") === undefined ? "podman" : undefined,
  busybox: findTool("busybox") === undefined ? "busybox" : undefined,
};

function lacksOf(args: readonly string[]): string | undefined {
  const made = mkdtempSync(join(tmpdir(), "waymark-testing-"));
  try {
    writeFileSync(join(made, "installer.toml"), SYSTEM);
    const cli = join(projectRoot, "dist", "cli.js");
    const words = [cli, "test", ...args, "--claim", "completes", made];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 60_000 });
    return status === 3 ? stderr.split("\n")[0] : undefined;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function withKind(name: string, why: string | undefined, body: () => void): void {
  if (why === undefined) describe(name, body);
  else it.skip(`${name}, not here: ${why}`, () => {});
}

withKind("--sandbox bwrap", lacks.bwrap, () => {
  it("proves what changes the system, and leaves this one alone", async () => {
    const before = readFileSync("/etc/passwd", "utf8");
    const { told } = await waymarkTest(0, ["--sandbox", "bwrap", "right"]);
    expect(verdicts(told)).toEqual(PROVEN);
    expect(readFileSync("/etc/passwd", "utf8")).toBe(before);
    expect(existsSync("/etc/waymark-system.conf")).toBe(false);
  });

  it("shows what a rollback forgets, and what it does not bring back", async () => {
    const { told } = await waymarkTest(1, ["--sandbox", "bwrap", "--claim", "reversible", "wrong"]);
    const paths = told[0]?.counterexamples[0].differences.map(({ path }: { path: string }) => path);
    expect(paths).toContain("/etc/waymark-forgotten");
    if (existsSync("/etc/passwd-")) expect(paths).toContain("/etc/passwd-");
  });

  it("has no network unless it is asked for", async () => {
    const server = await startServer();
    server.serve("app", "app\n");
    mkdirSync(join(folder, "download"), { recursive: true });
    const script = `curl -fsS ${server.url}app -o ~/app`;
    const toml = SYSTEM.replace(/content = '''[^]*'''/, `content = '${script}'`);
    writeFileSync(join(folder, "download", "installer.toml"), toml);
    const args = ["--sandbox", "bwrap", "--claim", "completes", "download"];
    const { told } = await waymarkTest(0, args);
    expect(told[0]).toMatchObject({ verdict: "not proven", counterexamples: [] });
    expect(server.hits("app")).toBe(0);
    await waymarkTest(0, [...args, "--network"]);
    expect(server.hits("app")).toBe(2);
  });

  it("shares its processes from call to call: a rollback ends the daemon of a run", async () => {
    mkdirSync(join(folder, "daemon"), { recursive: true });
    const toml = SYSTEM.replace(/state_files = .*/, "rollback = 'kill \"$(cat ~/pid)\"; rm ~/pid'")
      .replace(/content = '''[^]*'''/, "content = 'sleep 313 >/dev/null 2>&1 & echo $! >~/pid'")
      .replace("atomic = true\n", "");
    writeFileSync(join(folder, "daemon", "installer.toml"), toml);
    const args = ["--sandbox", "bwrap", "--claim", "idempotent", "daemon"];
    const { told } = await waymarkTest(0, args);
    expect(told[0]?.reasons, "its process id is not the same in all roots").toEqual([
      "/home/waymark/pid differs from one uninterrupted run to the next",
    ]);
    const script = toml.replace("rm ~/pid", "sleep 0.1; [ ! -d \"/proc/$(cat ~/pid)\" ]; rm ~/pid");
    writeFileSync(join(folder, "daemon", "installer.toml"), script);
    const reversible = await waymarkTest(1, ["--sandbox", "bwrap", "--claim", "reversible", "daemon"]);
    // What fails is the rollback of a step that never started it.
    expect(reversible.told[0]?.counterexamples[0].done).toContain("made to fail at its start");
  });

  withKind("--rootfs", lacks.busybox, () => {
    it.each(["a folder", "a tar"])("proves in a system of busybox, from %s", async (kind) => {
      let rootfs = join(folder, "rootfs");
      if (kind === "a tar") {
        execFileSync("tar", ["-cf", `${rootfs}.tar`, "-C", rootfs, "."]);
        rootfs = `${rootfs}.tar`;
      }
      const { told } = await waymarkTest(0, ["--rootfs", rootfs, "right"]);
      expect(verdicts(told)).toEqual(PROVEN);
      expect(told[0]).toMatchObject({ store: "journal", sandbox: `bwrap ${rootfs}` });
    });

    it("says that a shell is not in it", async () => {
      const args = ["--rootfs", join(folder, "rootfs"), "--shell", "nonesuch", exampleFolder("hello")];
      const { stderr } = await waymarkTest(3, args);
      expect(stderr).toMatch(/^waymark: there is no shell nonesuch in the sandbox\n/);
    });
  });
});

withKind("--sandbox podman", lacks.podman ?? lacks.busybox, () => {
  const image = `localhost/waymark-testing-${process.pid}`;
  let works = false;

  beforeAll(() => {
    const tar = join(folder, "image.tar");
    execFileSync("tar", ["-cf", tar, "-C", join(folder, "rootfs"), "."]);
    spawnSync("podman", ["import", tar, image], { stdio: "ignore", timeout: 60_000 });
    const run = ["run", "--rm", "--network", "none", image, "/bin/true"];
    works = spawnSync("podman", run, { stdio: "ignore", timeout: 60_000 }).status === 0;
  });
  afterAll(() => {
    spawnSync("podman", ["rmi", "--force", image], { stdio: "ignore", timeout: 60_000 });
  });

  it("proves in containers of an image, and removes them", async ({ skip }) => {
    if (!works) skip("podman runs no container on this machine");
    const claims = ["--claim", "completes", "--claim", "reversible", "--points", "1"];
    const { told } = await waymarkTest(0, ["--image", image, ...claims, "right"]);
    expect(verdicts(told)).toEqual({ completes: "proven", reversible: "proven" });
    const { stdout } = spawnSync("podman", ["ps", "--all", "--quiet", "--filter", `ancestor=${image}`]);
    expect(stdout.toString()).toBe("");
  });
});

describe("a sandbox that is not here", () => {
  it.each([
    [["--sandbox", "bwrap"], "bwrap"],
    [["--image", "debian"], "podman"],
  ])("%s: says so in a line and exits 3", async (args, program) => {
    const path = join(folder, `without-${basename(program)}`);
    linkPrograms(path, process.env.PATH ?? "", [program]);
    const { stderr } = await waymarkTest(3, [...args, "right"], path);
    expect(stderr).toMatch(
      new RegExp(`^waymark: --sandbox ${program} needs ${program}, which is not here\\nhelp: [^\\n]+\\n$`),
    );
  });
});
