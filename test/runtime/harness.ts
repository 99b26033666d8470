import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { renderAssets } from "../../src/assets.js";
import { moduleText } from "../../src/compiler/4-render/modules.js";
import { word } from "../../src/compiler/4-render/shell-word.js";
import { commandOf, processesWith, type Result, Running } from "../behaviour/harness/process.js";
import { waitUntil } from "../behaviour/harness/wait.js";
import { type Shell, shells } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";

/** Far beyond what a script takes: only a hang reaches it. */
const LIMIT_MS = 20_000;

/** The runtime's modules by name. */
export const runtime = renderAssets().runtime;

/** The names that a module's header lines of one kind hold. */
export function header(module: string, kind: "provides" | "requires"): string[] {
  const lines = (runtime[module] ?? "").matchAll(new RegExp(`^# ${kind}:(.*)$`, "gm"));
  return [...lines].flatMap(([, names = ""]) => names.split(" ").filter(Boolean));
}

/** These modules, and all that their headers say they require. */
export function closureOf(...modules: readonly string[]): ReadonlySet<string> {
  const closure = new Set(["base"]);
  const visit = (module: string): void => {
    if (closure.has(module)) return;
    if (runtime[module] === undefined) throw new Error(`there is no module ${module}`);
    closure.add(module);
    header(module, "requires").forEach(visit);
  };
  modules.forEach(visit);
  return closure;
}

/** One shell word, as an emitted script would have it. */
export function sh(text: string): string {
  return word(text).text;
}

/** Assignments of a call's state, as `rt_main` makes them before all else. */
function reset(): string {
  const found = /^rt_main_reset\(\) \{\n[^]*?\n\}\n/m.exec(runtime.main ?? "");
  if (!found) throw new Error("runtime/main.sh has no rt_main_reset");
  return found[0];
}

/**
 * A script of the modules with the test's own lines. `put TEXT` in them hands
 * a text of any characters to the test, and `ready` lets it go on.
 */
export function scriptOf(modules: readonly string[], lines: string): string {
  const closure = closureOf(...modules);
  const texts = [...closure].map((module) => moduleText(module, runtime));
  return `set -f -u
unset CDPATH
RT_NAME=demo RT_VERSION=1.0 RT_STEPS=2 RT_FINGERPRINT=f00d
RT_PREFLIGHT= RT_ENTER=: RT_HELP=
${texts.join("\n")}
${reset()}
rt_main_reset
rt_tmp='' rt_umask=$(umask) rt_self='' rt_script_sha=''
umask 077
${closure.has("report") ? "rt_report_setup" : ""}
put() {
	printf '%s\\000' "$1"
}
ready() {
	: >"$TEST_BENCH/ready"
}
${lines}
`;
}

/** The text with a last line that holds the sha256 of all above it. */
function sealed(text: string): string {
  return `${text}# sha256 of all above: ${createHash("sha256").update(text).digest("hex")}\n`;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The words of the script's call. */
  readonly args?: readonly string[];
  /** The script's file name. */
  readonly name?: string;
  readonly input?: string;
  /** Ends the script as the copy that a host keeps: with its own sha256. */
  readonly sealed?: boolean;
}

/** How a script ended, and what it `put`. */
export interface Ran extends Result {
  readonly values: readonly string[];
}

/** A folder of its own for a test's scripts in one shell. */
export class Bench {
  readonly root: string;
  #scripts = 0;

  constructor(readonly shell: Shell) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "waymark-runtime-")));
    onTestFinished(() => this.#dispose());
    mkdirSync(this.path("home"));
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Writes a file, with the folders above it. */
  write(name: string, text: string, mode = 0o644): string {
    const file = this.path(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** A folder for PATH that has these programs of the host, and no others. */
  programs(folder: string, names: readonly string[]): string {
    mkdirSync(this.path(folder));
    for (const name of names) {
      const found = findTool(name);
      if (found === undefined) throw new Error(`this host has no ${name}`);
      symlinkSync(found, this.path(folder, name));
    }
    return this.path(folder);
  }

  /** Starts the modules with the test's lines. */
  start(modules: readonly string[], lines: string, options: RunOptions = {}): Running {
    const name = options.name ?? `script-${(this.#scripts += 1)}.sh`;
    const script = scriptOf(modules, lines);
    const file = this.write(name, options.sealed ? sealed(script) : script);
    const [shell, ...words] = this.shell.command;
    const env: Record<string, string | undefined> = {
      PATH: process.env.PATH,
      HOME: this.path("home"),
      TMPDIR: this.root,
      LANG: "C.UTF-8",
      TEST_BENCH: this.root,
      ...options.env,
    };
    return new Running([findTool(shell) ?? shell, ...words, file, ...(options.args ?? [])], {
      cwd: options.cwd ?? this.root,
      env: Object.fromEntries(
        Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
      ),
      input: options.input,
      limitMs: LIMIT_MS,
    });
  }

  /** Waits until a script under way says that it is `ready`. */
  async ready(running: Running): Promise<void> {
    const is = () => existsSync(this.path("ready"));
    await waitUntil("the script is ready", () => is() || running.ended !== undefined);
    expect(is(), running.output).toBe(true);
  }

  /** Waits until the process whose number a file holds has ended. */
  async gone(file: string): Promise<void> {
    const pid = Number(readFileSync(this.path(file), "utf8"));
    expect(pid).toBeGreaterThan(1);
    await waitUntil(`process ${pid} has ended`, () => commandOf(pid) === "", LIMIT_MS);
  }

  /** Runs it to its end, whatever that is. */
  async run(modules: readonly string[], lines: string, options?: RunOptions): Promise<Ran> {
    const result = await this.start(modules, lines, options).result;
    return { ...result, values: result.stdout.split("\0").slice(0, -1) };
  }

  /**
   * What the lines `put`. They must come to their end, with nothing on
   * standard error.
   */
  async values(
    modules: readonly string[],
    lines: string,
    options?: RunOptions,
  ): Promise<readonly string[]> {
    const { exit, stderr, values } = await this.run(modules, `${lines}\nput end`, options);
    expect({ exit, stderr, last: values.at(-1) }).toEqual({ exit: 0, stderr: "", last: "end" });
    return values.slice(0, -1);
  }

  #dispose(): void {
    for (const pid of processesWith(`TEST_BENCH=${this.root}`)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Describes a module once for each shell that this machine has. */
export function inEachShell(module: string, body: (shell: Shell) => void): void {
  describe.each(shells.map((shell) => [shell.name, shell] as const))(
    `${module}, in %s`,
    (_, shell) => body(shell),
  );
}
