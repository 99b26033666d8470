import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What stands at each path below a folder; times are not part of it. */
export type Tree = ReadonlyMap<string, string>;

/**
 * Records the tree below `root`: kind, mode, owner, and the bytes or the link
 * target. `without` names subtrees to leave out, relative to `root`.
 */
export function recordTree(root: string, without: readonly string[] = []): Tree {
  const tree = new Map<string, string>();
  const visit = (path: string): void => {
    if (without.includes(path)) return;
    const full = join(root, path);
    tree.set(path || ".", entryAt(full));
    if (!lstatSync(full).isDirectory()) return;
    for (const name of readdirSync(full).sort()) visit(join(path, name));
  };
  visit("");
  return tree;
}

function entryAt(path: string): string {
  const stat = lstatSync(path);
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  const owner = `${stat.uid}:${stat.gid}`;
  // A link's own mode differs from system to system and means nothing.
  if (stat.isSymbolicLink()) return `link ${owner} -> ${readlinkSync(path)}`;
  if (stat.isDirectory()) return `folder ${mode} ${owner}`;
  if (!stat.isFile()) return `special ${mode} ${owner}`;
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return `file ${mode} ${owner} ${stat.size} bytes ${sha256.slice(0, 16)}`;
}

/** What differs between two trees, a line each; empty when they are equal. */
export function diffTrees(before: Tree, after: Tree): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const was = before.get(path);
    const is = after.get(path);
    if (was === is) return [];
    if (was === undefined) return [`+ ${path}: ${is}`];
    if (is === undefined) return [`- ${path}: ${was}`];
    return [`~ ${path}: ${was} => ${is}`];
  });
}
