// The built command line, as a person meets it.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { version } from "../../src/version.js";
import { HEAD, stepToml } from "./helpers.js";

const cli = join(import.meta.dirname, "..", "..", "dist", "cli.js");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "waymark-cli-"));
  writeFileSync(join(folder, "installer.toml"), HEAD + stepToml("a"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  const { XDG_DATA_HOME: _data, ...rest } = process.env;
  return { ...rest, HOME: folder, TMPDIR: folder };
}

function waymark(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: environment(),
    timeout: 30_000,
  });
}

/** A stand-in for an installed script: it says how it was called. */
function install(name: string, text: string, checkpoints?: string): void {
  const place = join(checkpoints ?? join(folder, ".local/share/waymark/checkpoints"), name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "install.sh"), text);
}

const ECHO = 'echo "$0" "$@"\nexit 5\n';

describe("compile", () => {
  test("writes an executable install.sh here", () => {
    const { stdout, stderr, status } = waymark("compile");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(/^install\.sh: app 1\.0, 1 step, \d+\.\d KB\n$/);
    const file = join(folder, "install.sh");
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(readFileSync(file, "utf8")).toMatch(/^#!\/bin\/sh\n/);
    expect(readdirSync(folder).sort()).toEqual(["install.sh", "installer.toml"]);
  });

  test("is executable under any umask", () => {
    const command = `umask 077; exec "$0" "$1" compile`;
    spawnSync("sh", ["-c", command, process.execPath, cli], { cwd: folder, env: environment() });
    expect(statSync(join(folder, "install.sh")).mode & 0o777).toBe(0o755);
  });

  test("gives the same bytes for a file, a folder and standard output, from anywhere", () => {
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "deep", "installer.toml"), HEAD + stepToml("a"));
    waymark("compile", "-o", "1.sh");
    waymark("compile", "deep", "-o", "2.sh");
    waymark("compile", join(folder, "deep/installer.toml"), "--output", "deep/3.sh");
    const { stdout } = waymark("compile", "-o", "-");
    const texts = ["1.sh", "2.sh", "deep/3.sh"].map((file) => readFileSync(join(folder, file), "utf8"));
    expect(new Set([...texts, stdout]).size).toBe(1);
  });

  test("writes nothing where there is an error, and keeps what was there", () => {
    writeFileSync(join(folder, "installer.toml"), HEAD);
    writeFileSync(join(folder, "install.sh"), "old");
    const { stdout, stderr, status } = waymark("compile");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toMatch(/^installer\.toml:1:1: error WM0213: /);
    expect(readFileSync(join(folder, "install.sh"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("says how many errors there are, where there is more than one", () => {
    writeFileSync(join(folder, "installer.toml"), "[installer]\n");
    expect(waymark("check").stderr).toMatch(/\n\n3 errors\n$/);
  });

  test("prints warnings and compiles all the same", () => {
    writeFileSync(join(folder, "installer.toml"), HEAD + stepToml("a", "", "[step.checkpoint]\natomic = true"));
    const { stderr, status } = waymark("compile");
    expect(stderr).toContain("warning WM0252");
    expect(status).toBe(0);
    expect(existsSync(join(folder, "install.sh"))).toBe(true);
  });

  test("follows a symlink, and writes into what is no file", () => {
    writeFileSync(join(folder, "target.sh"), "old");
    symlinkSync("target.sh", join(folder, "install.sh"));
    waymark("compile");
    expect(lstatSync(join(folder, "install.sh")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "target.sh"), "utf8")).toMatch(/^#!/);
    expect(waymark("compile", "-o", "/dev/null").status).toBe(0);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("does not write over its input", () => {
    symlinkSync("installer.toml", join(folder, "link.sh"));
    for (const output of ["installer.toml", "./installer.toml", "link.sh"]) {
      const { stderr, status } = waymark("compile", "-o", output);
      expect(status).toBe(2);
      expect(stderr).toMatch(/is the file to compile/);
    }
    expect(readFileSync(join(folder, "installer.toml"), "utf8")).toMatch(/^\[installer\]/);
  });

  test.each([
    [["compile", "missing"], "error WM0901: cannot read missing: no such file\n"],
    [["compile", "-o", "."], "error WM0902: cannot write .: it is a folder\n"],
    [["compile", "-o", "no/such/x"], "error WM0902: cannot write no/such/x: there is no such folder\n"],
    [["compile", "installer.toml/x"], "error WM0901: cannot read installer.toml/x: a part of its path is not a folder\n"],
  ])("%j is an error of one line", (args, line) => {
    const { stdout, stderr, status } = waymark(...args);
    expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: line, status: 1 });
  });

  test("to a closed pipe ends without a trace", () => {
    const command = '"$0" "$1" compile -o - | :; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, cli], {
      cwd: folder,
      encoding: "utf8",
      env: environment(),
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(?:141|0)\n$/);
  });
});

describe("check", () => {
  test("says that all is well, and writes nothing", () => {
    const { stdout, stderr, status } = waymark("check");
    expect({ stdout, stderr, status }).toEqual({
      stdout: "installer.toml: ok (app 1.0, 1 step)\n",
      stderr: "",
      status: 0,
    });
    expect(readdirSync(folder)).toEqual(["installer.toml"]);
  });

  test("names a file beside another folder's installer.toml as a person would find it", () => {
    mkdirSync(join(folder, "deep"));
    const step = stepToml("a").replace('content = "echo a"', 'file = "a.sh"');
    writeFileSync(join(folder, "deep", "installer.toml"), HEAD + step);
    writeFileSync(join(folder, "deep", "a.sh"), ":\nfi\n");
    expect(waymark("check", "deep").stderr).toMatch(/^deep\/a\.sh:2:1: error WM0501: /);
  });
});

describe("usage", () => {
  test.each([
    [[]],
    [["no-such-verb"]],
    [["compile", "--no-such-flag"]],
    [["compile", "a", "b"]],
    [["status"]],
    [["resume", "--from", "a"]],
  ])("%j is refused with exit code 2", (args) => {
    const { stdout, stderr, status } = waymark(...args);
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).not.toBe("");
  });

  test("a verb that is nearly right is suggested", () => {
    expect(waymark("complie").stderr).toContain("Did you mean compile?");
  });

  test.each(["compile", "check", "run", "resume", "rollback", "status", "plan", "verify", "logs"])(
    "%s --help shows an example",
    (verb) => {
      const { stdout, status } = waymark(verb, "--help");
      expect(status).toBe(0);
      expect(stdout).toContain(`Usage: waymark ${verb}`);
      expect(stdout).toMatch(new RegExp(`Examples:\\n  waymark ${verb}`));
      expect(waymark("help", verb).stdout).toBe(stdout);
    },
  );

  test("--help shows an example, and every verb", () => {
    const { stdout, status } = waymark("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("Example:\n  waymark compile");
    for (const verb of ["run", "resume", "rollback", "status"]) {
      expect(stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
    }
  });

  test("--version is that of the package", () => {
    expect(waymark("--version").stdout).toBe(`${version}\n`);
  });
});

describe("a verb of the script", () => {
  const script = ".local/share/waymark/checkpoints/my-app/install.sh";

  test.each([
    [["status", "my-app"], "status"],
    [["status", "my-app", "--json"], "status --json"],
    [["resume", "my-app", "--from", "a b"], "resume --from a b"],
    [["rollback", "--full", "my-app", "--yes"], "rollback --full --yes"],
    [["rollback", "--to", "a", "my-app"], "rollback --to a"],
    [["logs", "my-app", "a"], "logs a"],
    [["plan", "my-app"], "plan"],
    [["verify", "my-app"], "verify"],
    [["run", "my-app", "--", "--fresh"], "run --fresh"],
  ])("%j goes to the installed copy", (args, words) => {
    install("my-app", ECHO);
    const { stdout, stderr, status } = waymark(...args);
    expect(stderr).toBe("");
    expect(stdout).toBe(`${join(folder, script)} ${words}\n`);
    expect(status).toBe(5);
  });

  test.each([
    ["status", "my-app", "--checkpoint-dir", "kept"],
    ["status", "--checkpoint-dir", "kept", "my-app"],
    ["status", "my-app", "--checkpoint-dir=kept"],
  ])("looks in --checkpoint-dir, and passes it on: %s %s %s %s", (...args) => {
    install("my-app", ECHO, join(folder, "kept"));
    const passed = args.filter((word) => word !== "my-app").join(" ");
    expect(waymark(...args.filter((word) => word !== undefined)).stdout).toBe(
      `kept/my-app/install.sh ${passed}\n`,
    );
  });

  test("of an install.sh by its path goes to that file", () => {
    writeFileSync(join(folder, "other.sh"), ECHO);
    expect(waymark("status", "./other.sh").stdout).toBe("./other.sh status\n");
  });

  test("of an unknown name says which are known", () => {
    install("my-app", ECHO);
    const { stderr, status } = waymark("status", "myapp");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^waymark: there is no file myapp here, .*\nhelp: did you mean my-app\?\n$/);
    expect(waymark("status", "else").stderr).toContain("installers there: my-app");
    expect(waymark("status", "../my-app").stderr).toBe("waymark: cannot read ../my-app: no such file\n");
  });
});

describe("run", () => {
  test("compiles, runs, passes flags and exit codes on, and leaves no temporary file", () => {
    const before = readdirSync(folder);
    const { stdout, status } = waymark("run", ".", "--no-such-flag");
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(waymark("run", "--", "--dry-run").status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("waymark-"))).toEqual([]);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(before));
  });

  test("runs nothing where there is an error", () => {
    writeFileSync(join(folder, "installer.toml"), HEAD + stepToml("a", "wrong = 1"));
    const { stderr, status } = waymark("run");
    expect(status).toBe(1);
    expect(stderr).toContain("WM0203");
  });

  test.each([
    ["SIGTERM", "exits as the script decides", "trap 'echo got; exit 7' TERM", "got\n", 7],
    ["SIGHUP", "exits with 128+N where the script dies of it", ":", "", 129],
    ["SIGINT", "exits with 128+N where the script dies of it", ":", "", 130],
  ] as const)("forwards %s and %s", async (signal, _, trap, said, code) => {
    writeFileSync(join(folder, "slow.sh"), `${trap}\necho ready\nwhile :; do sleep 0.05; done\n`);
    const child = spawn(process.execPath, [cli, "run", "./slow.sh"], {
      cwd: folder,
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    onTestFinished(() => {
      try {
        process.kill(-(child.pid as number), "SIGKILL");
      } catch {
        // As it should be: all of it has ended.
      }
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      // To waymark alone: the script hears of it from waymark.
      if (output === "") child.kill(signal);
      output += data;
    });
    const [status] = (await once(child, "close")) as [number | null];
    expect(output).toBe(`ready\n${said}`);
    expect(status).toBe(code);
  });
});

test("a folder that cannot be written is an error of one line", ({ skip }) => {
  // Root may write anywhere.
  if (process.getuid?.() === 0) skip();
  chmodSync(folder, 0o555);
  const { stderr, status } = waymark("compile");
  chmodSync(folder, 0o755);
  expect({ stderr, status }).toEqual({
    stderr: "error WM0902: cannot write install.sh: permission denied\n",
    status: 1,
  });
});
