import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { differingKeys, entryAt, type Entry, type Tree } from "./tree.js";

/** A folder of a root whose changes are kept beside it, as overlayfs does. */
export interface Layer {
  /** Its path in the root: `/usr`. */
  readonly at: string;
  /** Where what differs from the host is kept. */
  readonly upper: string;
}

/** Where a root that is made of layers is seen from outside. */
export interface LayeredView {
  /** The root as it is now. */
  readonly merged: string;
  /** As it was before anything was done in it. */
  readonly lower: string;
  readonly layers: readonly Layer[];
  /** Subtrees that are no part of it, as paths in the root. */
  readonly without: readonly string[];
}

/**
 * Records what differs from the host below, and that alone: a system has too
 * many files to read all of them each time. What is gone is there as such.
 */
export function recordLayers(view: LayeredView): Tree {
  const tree = new Map<string, Entry>();
  const visit = (path: string, upper: string): void => {
    if (view.without.includes(path)) return;
    const [is, was] = [entryAt(join(view.merged, path)), entryAt(join(view.lower, path))];
    if (is === undefined) {
      if (was !== undefined) tree.set(path, { kind: "removed", owner: was.owner });
      return;
    }
    if (differingKeys(was, is).length > 0) tree.set(path, is);
    if (is.kind !== "folder") return;
    const names = new Set(namesIn(upper));
    const left = new Set(namesIn(join(view.merged, path)));
    // A folder that was made anew hides what it held, with no mark for each.
    for (const name of was === undefined ? [] : namesIn(join(view.lower, path))) {
      if (!left.has(name)) names.add(name);
    }
    for (const name of [...names].sort()) visit(join(path, name), join(upper, name));
  };
  for (const { at, upper } of view.layers) visit(at, upper);
  return tree;
}

function namesIn(folder: string): readonly string[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}
