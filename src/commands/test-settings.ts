import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { fileStat } from "../assets.js";
import { CLAIM_NAMES, type ClaimName } from "../testing/claims/claim.js";
import { CommandError } from "./io.js";

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

/** What they mean. */
export interface TestSettings {
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

/** Reads them; throws a CommandError for what has no meaning. */
export function settingsOf(options: TestOptions): TestSettings {
  return {
    claims: new Set((options.claim ?? CLAIM_NAMES).map(claimOf)),
    env: Object.fromEntries((options.env ?? []).map(variableOf)),
    home: homeOf(options.home),
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
    shells: (options.shell ?? ["sh"]).map(shellOf),
    store: storeOf(options.store),
  };
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

function homeOf(folder: string | undefined): string | undefined {
  if (folder === undefined || fileStat(folder)?.isDirectory()) return folder;
  throw new CommandError(`--home ${folder} is no folder`, 2);
}

function shellOf(words: string): readonly string[] {
  const shell = words.split(/\s+/).filter((word) => word !== "");
  if (shell.length > 0) return shell;
  throw new CommandError("--shell needs a command", 2);
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
