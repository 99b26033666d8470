import { constants } from "node:os";
import { sourceFile } from "../assets.js";
import type { CheckedScript } from "../compiler/5-check/checked-script.js";
import { bwrapRoots } from "../testing/bwrap.js";
import { HomeSandbox } from "../testing/home-sandbox.js";
import { NamespaceSandbox } from "../testing/namespace-sandbox.js";
import { podmanRoots } from "../testing/podman.js";
import { prove, type ClaimResult } from "../testing/prove.js";
import { HumanReporter, JsonReporter, type Reporter, type Sink } from "../testing/report.js";
import { SandboxError, type Sandbox } from "../testing/sandbox.js";
import { Trial } from "../testing/trial.js";
import { build } from "./build.js";
import { CommandError } from "./io.js";
import { settingsOf, type TestOptions, type TestSettings } from "./test-settings.js";

export const testHelp = `
What it proves, each in throw-away roots and with a counterexample where it is false:
  completes    run exits 0, and verification passes
  idempotent   a second run leaves the same tree
  resumable    a run that was killed anywhere resumes to the same tree
  reversible   a rollback gives the tree from before
  honest       a step that fails is named, and an atomic one leaves no trace
  exclusive    of two runs at once, one exits 4 and changes nothing

Exit codes: 0 where nothing is false, 1 where something is (with --strict also
where something is not proven), 2 for wrong usage, 3 where the sandbox cannot be made.

Examples:
  waymark test                            ./installer.toml
  waymark test app --claim reversible     one claim alone
  waymark test app --shell dash --shell "busybox ash"
`;

/** `test [FILE|DIR ...]`: the exit code. */
export async function testCommand(
  inputs: readonly string[],
  options: TestOptions,
): Promise<number> {
  const settings = settingsOf(options);
  const built = (inputs.length > 0 ? inputs : ["."]).map((input) => ({
    file: sourceFile(input),
    script: build(input),
  }));
  const reporter = reporterOf(options);
  return untilStopped(async (signal) => {
    const results: ClaimResult[] = [];
    for (const { file, script } of built) {
      for (const shell of settings.shells) {
        results.push(...(await proveOne(file, script, shell, settings, reporter, signal)));
      }
    }
    const exit = exitOf(results, options.strict === true);
    reporter.end(totalsOf(results, built.length, settings.seed, exit));
    return exit;
  });
}

async function proveOne(
  file: string,
  script: CheckedScript,
  shell: readonly string[],
  settings: TestSettings,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly ClaimResult[]> {
  const { name, version } = script.plan.installer;
  const sandbox = await sandboxOf(shell, settings, signal);
  try {
    const said = { installer: name, version, file, shell: shell.join(" ") };
    reporter.subject({ ...said, store: sandbox.store, sandbox: sandbox.kind, seed: settings.seed });
    const trial = new Trial(script, {
      ...settings,
      sandbox,
      shell,
      signal,
      progress: (tried) => reporter.progress(tried),
    });
    return await prove(
      trial,
      settings.claims,
      (claim) => reporter.begun(claim),
      (result) => reporter.result(result),
    );
  } finally {
    await sandbox.close();
  }
}

async function sandboxOf(
  shell: readonly string[],
  settings: TestSettings,
  signal: AbortSignal,
): Promise<Sandbox> {
  const options = { ...settings, shell, signal };
  try {
    if (settings.sandbox === "home") return new HomeSandbox(options);
    const { rootfs, image } = settings;
    return await NamespaceSandbox.open(options, (folder) =>
      image === undefined
        ? bwrapRoots(options, rootfs, folder)
        : podmanRoots(options, image, folder),
    );
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    throw new CommandError(error.message, 3, error.help);
  }
}

function exitOf(results: readonly ClaimResult[], strict: boolean): number {
  const wrong = results.some(({ verdict }) => verdict === "false" || (strict && verdict !== "proven"));
  return wrong ? 1 : 0;
}

function totalsOf(results: readonly ClaimResult[], installers: number, seed: number, exit: number) {
  const having = (verdict: string): number =>
    results.filter((result) => result.verdict === verdict).length;
  const sum = (key: "roots" | "calls" | "points" | "kills"): number =>
    results.reduce((all, { counts }) => all + counts[key], 0);
  return {
    installers,
    proven: having("proven"),
    false: having("false"),
    not_proven: having("not proven"),
    counts: { roots: sum("roots"), calls: sum("calls"), points: sum("points"), kills: sum("kills") },
    seed,
    exit_code: exit,
  };
}

function reporterOf({ json }: TestOptions): Reporter {
  const { NO_COLOR, TERM } = process.env;
  const terminal = process.stdout.isTTY === true && TERM !== "dumb";
  const sink: Sink = {
    write: (text) => void process.stdout.write(text),
    terminal,
    color: terminal && !NO_COLOR,
  };
  return json === true ? new JsonReporter(sink) : new HumanReporter(sink);
}

/** Runs something that ends early, in order, when this process is told to. */
async function untilStopped(body: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  let by: NodeJS.Signals | undefined;
  const on = (name: NodeJS.Signals): void => {
    by ??= name;
    stop.abort();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, on);
  try {
    return await body(stop.signal);
  } catch (error) {
    if (by === undefined) throw error;
    if (process.stdout.isTTY === true) process.stdout.write("\r\x1b[K");
    process.stderr.write("waymark: stopped: what was under way was ended, and its roots removed\n");
    return 128 + constants.signals[by];
  } finally {
    for (const name of names) process.off(name, on);
  }
}
