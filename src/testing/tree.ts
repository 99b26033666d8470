import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";

/** What stands at a path. Times are no part of it. */
export interface Entry {
  readonly kind: "file" | "folder" | "link" | "special" | "removed";
  /** Octal; a link has none: its own differs from system to system. */
  readonly mode?: string;
  /** `UID:GID` */
  readonly owner: string;
  /** Of a file's bytes. */
  readonly sha256?: string;
  readonly size?: number;
  /** Where a link leads. */
  readonly target?: string;
}

/** What stands at each path below a folder; the folder itself is `.`. */
export type Tree = ReadonlyMap<string, Entry>;

export interface RecordOptions {
  /** Subtrees to leave out, relative to the root. */
  readonly without?: readonly string[];
  /**
   * A path that bytes and link targets are read without: two trees whose
   * files name the folder that they are in can be compared.
   */
  readonly unnamed?: string;
}

/**
 * Records the tree below `root`. Throws where something cannot be read, but
 * for what disappears meanwhile: that is left out.
 */
export function recordTree(root: string, options: RecordOptions = {}): Tree {
  const { without = [], unnamed } = options;
  const tree = new Map<string, Entry>();
  const visit = (path: string): void => {
    if (without.includes(path)) return;
    const full = join(root, path);
    const names = unlessGone(() => {
      const stat = lstatSync(full);
      tree.set(path || ".", entryOf(full, stat, unnamed));
      return stat.isDirectory() ? readdirSync(full).sort() : [];
    });
    for (const name of names ?? []) visit(join(path, name));
  };
  visit("");
  return tree;
}

function entryOf(path: string, stat: Stats, unnamed: string | undefined): Entry {
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  const owner = `${stat.uid}:${stat.gid}`;
  if (stat.isSymbolicLink()) {
    const target = readlinkSync(path);
    return { kind: "link", owner, target: unnamed ? target.replaceAll(unnamed, "…") : target };
  }
  if (stat.isDirectory()) return { kind: "folder", mode, owner };
  if (!stat.isFile()) return { kind: "special", mode, owner };
  const sha256 = sha256Of(readFileSync(path), unnamed);
  return { kind: "file", mode, owner, sha256, size: stat.size };
}

function sha256Of(bytes: Buffer, unnamed: string | undefined): string {
  const hash = createHash("sha256");
  let from = 0;
  if (unnamed) {
    let at: number;
    while ((at = bytes.indexOf(unnamed, from)) >= 0) {
      // A byte that is in no UTF-8 text stands for the path.
      hash.update(bytes.subarray(from, at)).update(Buffer.of(0xff));
      from = at + Buffer.byteLength(unnamed);
    }
  }
  return hash.update(bytes.subarray(from)).digest("hex");
}

/** What stands at one path; undefined where nothing does. */
export function entryAt(path: string): Entry | undefined {
  return unlessGone(() => entryOf(path, lstatSync(path), undefined));
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

const KEYS = ["kind", "mode", "owner", "sha256", "size", "target"] as const;

export type EntryKey = (typeof KEYS)[number];

/** In what two entries differ; in nothing if they are the same. */
export function differingKeys(was: Entry | undefined, is: Entry | undefined): readonly EntryKey[] {
  return KEYS.filter((key) => was?.[key] !== is?.[key]);
}

/** An entry in words: "file 0644 0:0 12 bytes 9f86d081884c7d65". */
export function describeEntry(entry: Entry): string {
  const { kind, mode, owner, sha256, size, target } = entry;
  const words = [kind, mode, owner];
  if (size !== undefined) words.push(`${size} bytes`, sha256?.slice(0, 16));
  if (target !== undefined) words.push(`-> ${target}`);
  return words.filter((word) => word !== undefined).join(" ");
}
