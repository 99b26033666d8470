import { describeEntry, recordTree as record } from "../../../src/testing/tree.js";

/** What stands at each path below a folder, in words; times are not part of it. */
export type Tree = ReadonlyMap<string, string>;

/**
 * Records the tree below `root`: kind, mode, owner, and the bytes or the link
 * target. `without` names subtrees to leave out, relative to `root`.
 */
export function recordTree(root: string, without: readonly string[] = []): Tree {
  const entries = [...record(root, { without })];
  return new Map(entries.map(([path, entry]) => [path, describeEntry(entry)]));
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
