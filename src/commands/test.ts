import { randomInt } from "node:crypto";
import { availableParallelism, constants } from "node:os";
import { sourceFile } from "../assets.js";
import type { CheckedScript } from "../compiler/5-check/checked-script.js";
import { CLAIM_NAMES, type ClaimName } from "../testing/claims/claim.js";
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

/** The words of the command line, as commander reads them. */
export interface TestOptions {
  readonly claim?: readonly string[];
  readonly env?: readonly string[];
  readonly home?: string;
  readonly image?: string;
  readonly jobs?: string;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly kills: string;
  readonly limit: string;
  readonly network?: boolean;
  readonly points?: string;
  readonly rootfs?: string;
  readonly sandbox?: string;
  readonly seed?: string;
  readonly shell?: readonly string[];
  readonly store: string;
  readonly strict?: boolean;
}

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

interface Settings {
  readonly claims: ReadonlySet<ClaimName>;
  readonly env: Readonly<Record<string, string>>;
  readonly home: string | undefined;
  readonly image: string | undefined;
  readonly jobs: number;
  readonly keep: boolean;
  readonly kills: number;
  readonly limitMs: number;
  readonly network: boolean;
  readonly points: number | undefined;
  readonly rootfs: string | undefined;
  readonly sandbox: SandboxKind;
  readonly seed: number;
  readonly shells: readonly (readonly string[])[];
  readonly store: "sqlite" | "journal";
}

function settingsOf(options: TestOptions): Settings {
  return {
    claims: new Set((options.claim ?? CLAIM_NAMES).map(claimOf)),
    env: Object.fromEntries((options.env ?? []).map(variableOf)),
    home: options.home,
    image: options.image,
    jobs: numberOf("--jobs", options.jobs ?? String(availableParallelism()), 1),
    keep: options.keep === true,
    kills: numberOf("--kills", options.kills, 0),
    limitMs: numberOf("--limit", options.limit, 1) * 1000,
    network: options.network === true,
    points: options.points === undefined ? undefined : numberOf("--points", options.points, 1),
    rootfs: options.rootfs,
    sandbox: sandboxKindOf(options),
    seed: numberOf("--seed", options.seed ?? String(randomInt(2 ** 31)), 0),
    shells: (options.shell ?? ["sh"]).map((words) => words.split(/\s+/).filter(Boolean)),
    store: storeOf(options.store),
  };
}

async function proveOne(
  file: string,
  script: CheckedScript,
  shell: readonly string[],
  settings: Settings,
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
  settings: Settings,
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
    process.stderr.write("waymark: stopped: what was under way was ended, and its roots removed\n");
    return 128 + constants.signals[by];
  } finally {
    for (const name of names) process.off(name, on);
  }
}

function claimOf(word: string): ClaimName {
  const found = CLAIM_NAMES.find((name) => name === word);
  if (found !== undefined) return found;
  throw new CommandError(`there is no claim ${word}`, 2, `claims: ${CLAIM_NAMES.join(", ")}`);
}

const SANDBOXES = ["home", "bwrap", "podman"] as const;

type SandboxKind = (typeof SANDBOXES)[number];

/** The kind that is named, or that the file system that is named goes with. */
function sandboxKindOf({ sandbox, rootfs, image }: TestOptions): SandboxKind {
  const implied = rootfs !== undefined ? "bwrap" : image !== undefined ? "podman" : "home";
  const word = sandbox ?? implied;
  const found = SANDBOXES.find((kind) => kind === word);
  if (found === undefined) {
    throw new CommandError(`there is no sandbox ${word}`, 2, `sandboxes: ${SANDBOXES.join(", ")}`);
  }
  if (rootfs !== undefined && found !== "bwrap") {
    throw new CommandError("--rootfs goes with --sandbox bwrap", 2);
  }
  if ((image !== undefined) !== (found === "podman")) {
    throw new CommandError("--image IMAGE and --sandbox podman go together", 2);
  }
  return found;
}

function storeOf(word: string): "sqlite" | "journal" {
  if (word === "sqlite" || word === "journal") return word;
  throw new CommandError(`there is no store ${word}`, 2, "stores: sqlite, journal");
}

/** What a root has of its own: to set it would take it out of its sandbox. */
const OWN = /^(?:HOME|TMPDIR|XDG_\w+|WAYMARK_TEST_ROOT|WAYMARK_KILL_AT)$/;

function variableOf(word: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/.exec(word) ?? [];
  if (name === undefined || value === undefined) {
    throw new CommandError(`--env ${word} is not NAME=VALUE`, 2);
  }
  if (OWN.test(name)) throw new CommandError(`--env cannot set ${name}: each root has its own`, 2);
  return [name, value];
}

function numberOf(flag: string, word: string, least: number): number {
  const number = Number(word);
  if (/^\d+$/.test(word) && number >= least && number < 2 ** 31) return number;
  throw new CommandError(`${flag} ${word} is not a number from ${least}`, 2);
}
