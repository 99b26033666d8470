import { describeEntry, differingKeys, type Entry, type EntryKey, type Tree } from "./tree.js";

/** One path that is not as it should be. */
export interface Difference {
  readonly path: string;
  /** What it should be, in words; only as much as differs. */
  readonly was: string;
  readonly is: string;
}

/**
 * Paths that differ from one uninterrupted run to the next: `bytes` where
 * only what is in them does, `all` where nothing can be asked of them.
 */
export type Varying = ReadonlyMap<string, "bytes" | "all">;

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Paths that differ only where they vary anyway: nobody can judge these. */
  readonly unjudged: readonly string[];
}

const NOTHING_VARIES: Varying = new Map();

/** Holds a tree against the one that it should be. */
export function compareTrees(
  expected: Tree,
  found: Tree,
  varying: Varying = NOTHING_VARIES,
): Comparison {
  const differences: Difference[] = [];
  const unjudged: string[] = [];
  for (const path of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const [was, is] = [expected.get(path), found.get(path)];
    const differ = differingKeys(was, is);
    if (differ.length === 0) continue;
    const how = varying.get(path);
    if (how === "all" || (how === "bytes" && differ.every(isOfBytes))) unjudged.push(path);
    else differences.push({ path, was: told(was, differ), is: told(is, differ) });
  }
  return { differences, unjudged };
}

/** What differs between two trees that should be the same. */
export function varyingPaths(one: Tree, other: Tree): Varying {
  const varying = new Map<string, "bytes" | "all">();
  for (const path of new Set([...one.keys(), ...other.keys()])) {
    const differ = differingKeys(one.get(path), other.get(path));
    if (differ.length === 0) continue;
    varying.set(path, differ.every(isOfBytes) ? "bytes" : "all");
  }
  return varying;
}

function isOfBytes(key: EntryKey): boolean {
  return key === "sha256" || key === "size" || key === "target";
}

/** All of an entry where its kind differs, else what differs alone. */
function told(entry: Entry | undefined, differ: readonly EntryKey[]): string {
  if (entry === undefined) return "absent";
  if (differ.includes("kind")) return describeEntry(entry);
  const { mode, owner, sha256, size, target } = entry;
  const words = [];
  if (differ.includes("mode")) words.push(`mode ${mode}`);
  if (differ.includes("owner")) words.push(`owner ${owner}`);
  if (differ.includes("sha256")) words.push(`${size} bytes ${sha256?.slice(0, 16)}`);
  if (differ.includes("target")) words.push(`-> ${target}`);
  return words.join(", ");
}
