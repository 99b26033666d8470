import type { SyntaxTree } from "../1-parse/parse.js";
import { nearest } from "../diagnostics/suggest.js";
import type { Place } from "../source.js";
import {
  coverAll,
  formatSystem,
  machines,
  MOST_KIB,
  parseSize,
  parseSystem,
  repairSize,
  repairSystem,
  type SpecRequirements,
  type SpecSystem,
  unitNames,
} from "../requirements.js";
import type { Draft, InstallerToml } from "./schema.js";
import { idMeantBy, isLinux } from "./systems.js";

type Toml = NonNullable<InstallerToml["installer"]["requirements"]>;

const AT = ["installer", "requirements"] as const;

/** Each requirement is one that a host can meet, and says something. */
export function checkRequirements(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  const asked = draft.installer?.requirements;
  if (asked === undefined) return;
  for (const key of ["os", "arch", "commands"] as const) {
    if (asked[key]?.length === 0) tree.log.report("WM0260", { key }, tree.valueAt([...AT, key]));
  }
  checkSystems(asked.os ?? [], tree);
  checkTwice("arch", asked.arch ?? [], (name) => machines[name], tree);
  asked.commands?.forEach((command, index) => {
    if (command === undefined || PROGRAM.test(command) || command.includes("\0")) return;
    tree.log.report("WM0263", { command }, tree.valueAt([...AT, "commands", index]));
  });
  checkTwice("commands", asked.commands ?? [], (name) => name, tree);
  checkDiskSpace(asked.disk_space, tree);
}

/** A file's name that no program reads as an option; `.` is no program. */
const PROGRAM = /^(?!\.{1,2}$)[A-Za-z0-9_.+[][A-Za-z0-9_.+:@-]*$/;

/** Reports what stands in a list that has it already, under any name. */
function checkTwice<T extends string>(
  key: string,
  items: readonly (T | undefined)[],
  meaning: (item: T) => string,
  tree: SyntaxTree,
): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    if (item === undefined) return;
    const first = seen.get(meaning(item));
    if (first === undefined) seen.set(meaning(item), index);
    else reportTwice(key, item, first, index, tree);
  });
}

function reportTwice(key: string, item: string, first: number, index: number, tree: SyntaxTree): void {
  const place = (at: number): Place => tree.valueAt([...AT, key, at]);
  const related = [{ message: "it stands here", place: place(first) }];
  tree.log.report("WM0266", { key, item }, place(index), related);
}

/** The entries are alternatives: two bounds are no range between them. */
function checkBounds(sound: readonly FoundSystem[], tree: SyntaxTree): void {
  for (const lower of sound) {
    const upper = sound.find((other) => coverAll(lower.system, other.system));
    if (upper === undefined) continue;
    const [first, last] = lower.index < upper.index ? [lower, upper] : [upper, lower];
    const facts = {
      id: lower.system.id,
      lower: formatSystem(lower.system),
      upper: formatSystem(upper.system),
    };
    tree.log.report("WM0268", facts, tree.valueAt([...AT, "os", last.index]), [
      { message: "the other one", place: tree.valueAt([...AT, "os", first.index]) },
    ]);
  }
}

interface FoundSystem {
  readonly index: number;
  readonly system: SpecSystem;
}

function checkSystems(items: readonly (string | undefined)[], tree: SyntaxTree): void {
  const sound: FoundSystem[] = [];
  items.forEach((text, index) => {
    if (text === undefined || text.includes("\0")) return;
    const place = (): Place => tree.valueAt([...AT, "os", index]);
    const system = parseSystem(text);
    if (system === undefined) {
      const write = repairSystem(text);
      tree.log.report("WM0261", { text, ...(write === undefined ? {} : { write }) }, place());
      return;
    }
    const meant = idMeantBy(system.id);
    if (meant !== undefined) tree.log.report("WM0262", { id: system.id, meant }, place());
    sound.push({ index, system });
  });
  checkOverlaps(sound, tree);
  checkBounds(sound, tree);
}

/** Reports what is in the list already, and what a wider one takes in. */
function checkOverlaps(sound: readonly FoundSystem[], tree: SyntaxTree): void {
  sound.forEach((one, at) => {
    for (const other of sound.slice(0, at)) {
      if (formatSystem(one.system) === formatSystem(other.system)) {
        reportTwice("os", formatSystem(one.system), other.index, one.index, tree);
        return;
      }
    }
    const wider = sound.find((other) => takesIn(other.system, one.system));
    if (wider === undefined) return;
    const facts = { text: formatSystem(one.system), wider: formatSystem(wider.system) };
    tree.log.report("WM0267", facts, tree.valueAt([...AT, "os", one.index]), [
      { message: "it stands here", place: tree.valueAt([...AT, "os", wider.index]) },
    ]);
  });
}

/** Whether every host that fits the second fits the first, which is another. */
function takesIn(wide: SpecSystem, narrow: SpecSystem): boolean {
  if (wide.version !== undefined) return false;
  if (wide.id === narrow.id) return narrow.version !== undefined;
  return wide.id === "linux" && isLinux(narrow.id);
}

function checkDiskSpace(text: string | undefined, tree: SyntaxTree): void {
  if (text === undefined || text.includes("\0")) return;
  const place = (): Place => tree.valueAt([...AT, "disk_space"]);
  const size = parseSize(text);
  if (size === undefined) {
    const write = repairSize(text);
    const facts = { text, units: unitNames, ...(write === undefined ? {} : { write }) };
    tree.log.report("WM0264", facts, place());
  } else if (size.kib === 0 || size.kib > MOST_KIB) {
    tree.log.report("WM0265", { text, none: size.kib === 0 }, place());
  }
}

/** Undefined where nothing is asked; what stands twice is asked once. */
export function toRequirements(toml: Toml | undefined): SpecRequirements | undefined {
  const diskSpace = toml?.disk_space === undefined ? undefined : parseSize(toml.disk_space);
  const systems = (toml?.os ?? []).map((text) => parseSystem(text) as SpecSystem);
  const asked = {
    os: [...new Map(systems.map((one) => [formatSystem(one), one])).values()],
    arch: [...new Set((toml?.arch ?? []).map((name) => machines[name]))],
    root: toml?.privileges === "root",
    network: toml?.network ?? false,
    commands: [...new Set(toml?.commands ?? [])],
    ...(diskSpace === undefined ? {} : { diskSpace }),
  };
  const lists = [asked.os, asked.arch, asked.commands].some((list) => list.length > 0);
  return lists || asked.root || asked.network || diskSpace ? asked : undefined;
}
