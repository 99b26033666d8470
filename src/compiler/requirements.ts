/** What the author demands of the host, in the form that is asked of it. */
export interface SpecRequirements {
  /** The host is one of these; none: any. */
  readonly os: readonly SpecSystem[];
  /** Under the one name that each has; none: any. */
  readonly arch: readonly string[];
  /** Whoever runs the script must be root. */
  readonly root: boolean;
  readonly network: boolean;
  /** Programs that must be on PATH. */
  readonly commands: readonly string[];
  readonly diskSpace?: SpecSize;
}

/** A system, and the versions of it that fit; without a version, all. */
export interface SpecSystem {
  readonly id: string;
  readonly relation?: Relation;
  /** Numbers and dots. */
  readonly version?: string;
}

export type Relation = ">=" | ">" | "=" | "<=" | "<";

export interface SpecSize {
  /** As the author wrote it, with one blank at most. */
  readonly text: string;
  /** Rounded up. */
  readonly kib: number;
}

/** The function of the runtime that a script with requirements calls first. */
export const REQUIREMENTS_CHECK = "rt_require_all";

/** What is asked, as tails of `rt_require_`, in the order in which it is told. */
export function checksOf(asked: SpecRequirements): Check[] {
  const { os, arch, root, network, commands, diskSpace } = asked;
  const checks: [Check, boolean][] = [
    ["os", os.length > 0],
    ["arch", arch.length > 0],
    ["privileges", root],
    ["network", network],
    ["commands", commands.length > 0],
    ["disk", diskSpace !== undefined],
  ];
  return checks.filter(([, wanted]) => wanted).map(([check]) => check);
}

export type Check = "os" | "arch" | "privileges" | "network" | "commands" | "disk";

/** The spellings of a machine's name, and the one that stands for each. */
export const machines = {
  x86_64: "x86_64",
  amd64: "x86_64",
  x64: "x86_64",
  aarch64: "aarch64",
  arm64: "aarch64",
  i386: "i386",
  i486: "i386",
  i586: "i386",
  i686: "i386",
  x86: "i386",
  armv7: "armv7",
  armv7l: "armv7",
  armhf: "armv7",
  armv6: "armv6",
  armv6l: "armv6",
  riscv64: "riscv64",
  ppc64le: "ppc64le",
  ppc64el: "ppc64le",
  s390x: "s390x",
  loongarch64: "loongarch64",
} as const;

export type Machine = keyof typeof machines;

export const machineNames = Object.keys(machines) as [Machine, ...Machine[]];

/** Takes `ubuntu >= 20.04` apart; undefined where it is no such thing. */
export function parseSystem(text: string): SpecSystem | undefined {
  const form = /^\s*([a-z0-9][a-z0-9._-]*)\s*(?:(>=|>|=|<=|<)\s*(\d+(?:\.\d+)*)\s*)?$/;
  const [, id, relation, version] = form.exec(text) ?? [];
  if (id === undefined) return undefined;
  if (version === undefined) return { id };
  return { id, relation: relation as Relation, version };
}

/** One blank between its parts. */
export function formatSystem({ id, relation, version }: SpecSystem): string {
  return relation === undefined ? id : `${id} ${relation} ${version}`;
}

/** What `Ubuntu 20.04`, `debian==12` and `macos:13` would be. */
export function repairSystem(text: string): string | undefined {
  const form = /^\s*([a-z][a-z_-]*?)\s*(==|=>|=<|≥|≤|>=|<=|[<>=:~^-])?\s*v?(\d+(?:\.\d+)*)?\s*$/i;
  const [, id, sign, version] = form.exec(text) ?? [];
  if (id === undefined || (sign !== undefined && version === undefined)) return undefined;
  const relation = sign === undefined ? "=" : (SIGNS[sign] ?? sign);
  return version === undefined ? id.toLowerCase() : `${id.toLowerCase()} ${relation} ${version}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  "==": "=",
  "=>": ">=",
  "=<": "<=",
  "≥": ">=",
  "≤": "<=",
  ":": "=",
  "~": ">=",
  "^": ">=",
  "-": "=",
};

/** Whether the two bounds, one from below and one from above, leave no gap. */
export function coverAll(lower: SpecSystem, upper: SpecSystem): boolean {
  if (lower.id !== upper.id || !lower.relation?.startsWith(">")) return false;
  if (!upper.relation?.startsWith("<")) return false;
  const [low, up] = [lower, upper].map(({ version = "" }) => version.split(".").map(Number));
  const at = Array.from({ length: Math.max(low!.length, up!.length) }, (_, index) => index);
  const differs = at.find((index) => (low![index] ?? 0) !== (up![index] ?? 0));
  if (differs !== undefined) return (low![differs] ?? 0) < (up![differs] ?? 0);
  return lower.relation === ">=" || upper.relation === "<=";
}

const UNITS: Readonly<Record<string, number>> = {
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

export const unitNames = Object.keys(UNITS);

/** More than anybody has: a number of it is a mistake. */
export const MOST_KIB = UNITS["TiB"]! / 1024 * 1000;

/** `200MB`, `1.5 GB`, `1GiB`; undefined where it is no size. */
export function parseSize(text: string): SpecSize | undefined {
  const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (number === undefined || factor === undefined) return undefined;
  const kib = Math.ceil((Number(number) * factor) / 1024);
  return { text: text.trim().replace(/\s+/, " "), kib };
}

/** What `200mb`, `200 M` and `1,5GB` would be. */
export function repairSize(text: string): string | undefined {
  const [, number, letter, i] = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgt])(i?)b?\s*$/i.exec(text) ?? [];
  if (number === undefined || letter === undefined) return undefined;
  return `${number.replace(",", ".")}${letter.toUpperCase()}${i ? "i" : ""}B`;
}
