import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Shell } from "../../setup/shells.js";
import { findTool } from "../../setup/tools.js";
import { compileToml } from "./compile.js";
import {
  commandOf,
  processesWith,
  type Result,
  Running,
  type StartOptions,
} from "./process.js";
import { programsWithoutSqlite, SYSTEM_PATH } from "./programs.js";
import { parseStatus, type Status } from "./status.js";
import { Store } from "./store.js";
import { recordTree, type Tree } from "./tree.js";
import { waitUntil } from "./wait.js";

/** What a call of the script may have of its own. */
export interface CallOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly limitMs?: number;
  /** Command words in front of the shell: `setpriv …`, `strace …`. */
  readonly under?: readonly string[];
}

/**
 * A person's host in small: an empty home, a temporary folder, a place where
 * they stand, and an install.sh, all gone when the test is over.
 */
export class Sandbox {
  readonly home: string;
  readonly tmp: string;
  readonly stand: string;
  readonly installSh: string;
  readonly #env: Record<string, string>;
  #latest: Running | undefined;

  private constructor(
    readonly shell: Shell,
    readonly root: string,
    toml: string,
    folder?: string,
  ) {
    this.home = join(root, "home");
    this.tmp = join(root, "tmp");
    this.stand = join(root, "stand");
    this.installSh = join(root, "install.sh");
    for (const made of [this.home, this.tmp, this.stand, join(root, "bin")]) {
      mkdirSync(made);
    }
    // Checkpoints are kept below it; whether it was there is not the subject.
    mkdirSync(join(this.home, ".local", "share"), { recursive: true });
    this.#linkSh();
    this.#env = {
      HOME: this.home,
      TMPDIR: this.tmp,
      PATH: `${join(root, "bin")}:${shell.journal ? programsWithoutSqlite() : SYSTEM_PATH}`,
      LANG: "C.UTF-8",
      TERM: "xterm",
      TEST_SANDBOX: root,
    };
    this.useToml(toml, folder);
  }

  /** A sandbox for the running test, whose scripts run in `shell`. */
  static create(shell: Shell, toml: string, folder?: string): Sandbox {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "waymark-test-")));
    onTestFinished(({ task }) => dispose(root, task.result?.state === "fail"));
    return new Sandbox(shell, root, toml, folder);
  }

  /** Puts the install.sh of another TOML in the place of the last one. */
  useToml(toml: string, folder?: string): void {
    writeFileSync(this.installSh, compileToml(toml, folder), { mode: 0o755 });
  }

  /** The text of install.sh. */
  script(): string {
    return readFileSync(this.installSh, "utf8");
  }

  // The host's `sh` is the shell under test too, so that a script that hands
  // over to `sh` stays in it.
  #linkSh(): void {
    const [file, ...args] = this.shellCommand();
    const words = [file, ...args].join(" ");
    const text = `#!/bin/sh\nexec ${words} \${1+"$@"}\n`;
    writeFileSync(join(this.root, "bin", "sh"), text, { mode: 0o755 });
  }

  /** The shell's command words, its file absolute. */
  shellCommand(): [string, ...string[]] {
    const [file, ...args] = this.shell.command;
    return [findTool(file) ?? file, ...args];
  }

  env(changes: CallOptions["env"] = {}): Record<string, string> {
    const all = Object.entries({ ...this.#env, ...changes });
    return Object.fromEntries(all.filter((pair) => pair[1] !== undefined)) as Record<
      string,
      string
    >;
  }

  /** Adds folders to the end of PATH. */
  extendPath(folders: string): void {
    this.#env.PATH += `:${folders}`;
  }

  /** Starts `sh install.sh ARGS`. */
  start(args: readonly string[] = [], options: CallOptions = {}): Running {
    return this.startCommand([...this.shellCommand(), this.installSh, ...args], options);
  }

  /** Runs `sh install.sh ARGS` to its end. */
  run(args: readonly string[] = [], options: CallOptions = {}): Promise<Result> {
    return this.start(args, options).result;
  }

  /** Starts any command as a person of this sandbox would. */
  startCommand(command: readonly string[], options: CallOptions = {}): Running {
    const start: StartOptions = {
      cwd: options.cwd ?? this.stand,
      env: this.env(options.env),
      input: options.input,
      limitMs: options.limitMs,
    };
    this.#latest = new Running([...(options.under ?? []), ...command], start);
    return this.#latest;
  }

  /** Runs it and asks for an exit code; a wrong one shows the output. */
  async expectExit(
    exit: number,
    args: readonly string[] = [],
    options: CallOptions = {},
  ): Promise<Result> {
    const result = await this.run(args, options);
    expectExit(result, exit, args.join(" ") || "run");
    return result;
  }

  /** `status --json`, parsed and checked for its shape. */
  async status(options: CallOptions = {}): Promise<Status> {
    const { stdout } = await this.expectExit(0, ["status", "--json"], options);
    return parseStatus(stdout);
  }

  /** The checkpoint directory of an installer. */
  store(name = "demo"): Store {
    const share = join(this.home, ".local", "share");
    return new Store(join(share, "waymark", "checkpoints", name));
  }

  path(...parts: string[]): string {
    return join(this.home, ...parts);
  }

  exists(...parts: string[]): boolean {
    return existsSync(this.path(...parts));
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  /** Writes a file below the home, and the folders above it. */
  write(path: string, text: string, mode = 0o644): void {
    const full = this.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, mode);
  }

  /** What steps appended with `trace()`, and none where they did not. */
  trace(): readonly string[] {
    const file = this.signalFile("trace");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  }

  /** Forgets the trace so far. */
  clearTrace(): void {
    rmSync(this.signalFile("trace"), { force: true });
  }

  /** A file outside the home by which steps and tests meet. */
  signalFile(name: string): string {
    return join(this.root, name);
  }

  /** Waits until a step of the script under way comes to its `pause(name)`. */
  async reached(name: string): Promise<void> {
    const file = this.signalFile(`at-${name}`);
    const result = () => this.#latest?.ended;
    await waitUntil(`${file} exists`, () => existsSync(file) || !!result());
    // The script is on its way to wait for the step: ksh93 hears no signal in
    // that instant (docs/reliability.md, "Known limits").
    await sleep(30);
    if (existsSync(file)) return;
    const { exit, stdout, stderr } = result() ?? {};
    throw new Error(`ended in front of ${name}, exit ${exit}\n${stdout}${stderr}`);
  }

  /** Lets the steps go on that wait in a `pause()`, now and later. */
  go(): void {
    writeFileSync(this.signalFile("go"), "");
  }

  /** Puts a program of this name in front of the host's. */
  program(name: string, text: string): void {
    writeFileSync(join(this.root, "bin", name), text, { mode: 0o755 });
  }

  /** Lets a program wait for `go()` where an argument matches a pattern. */
  holdProgram(name: string, pattern: string): void {
    const text = `#!/bin/sh
for argument; do
  case $argument in
    ${pattern})
      : >"$TEST_SANDBOX/at-${name}"
      while [ ! -e "$TEST_SANDBOX/go" ]; do sleep 0.05; done ;;
  esac
done
exec ${findTool(name)} "$@"
`;
    this.program(name, text);
  }

  /** The home's tree, without what waymark keeps. */
  tree(): Tree {
    return recordTree(this.home, [".local/share/waymark"]);
  }

  /** Everything: what a call that changes nothing leaves equal. */
  wholeTree(): Tree {
    return recordTree(this.root);
  }

  /** The command lines of what the sandbox's scripts started and left. */
  processes(): readonly string[] {
    return processesWith(markerOf(this.root)).map(commandOf).filter(Boolean);
  }

  /** The processes of this sandbox whose command line matches. */
  pids(command: RegExp): readonly number[] {
    return processesWith(markerOf(this.root)).filter((pid) => command.test(commandOf(pid)));
  }
}

/** What all that a sandbox starts has in its environment. */
function markerOf(root: string): string {
  return `TEST_SANDBOX=${root}`;
}

function dispose(root: string, failed: boolean): void {
  for (const pid of processesWith(markerOf(root))) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
  if (failed && process.env.WAYMARK_TEST_KEEP) console.log(`kept: ${root}`);
  else rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** Asks for an exit code; a wrong one shows what the script printed. */
export function expectExit(result: Result, exit: number, what = "it"): void {
  const told = `\n--- stdout\n${result.stdout}--- stderr\n${result.stderr}---`;
  expect(result.exit, `exit code of: ${what}${told}`).toBe(exit);
}
