import type { SyntaxTree } from "../1-parse/parse.js";
import type { Place } from "../source.js";
import { draftSteps, type DraftStep } from "./draft-steps.js";
import type { Draft, InstallerToml } from "./schema.js";
import { parseStatePath, statePathKey, type StatePath } from "./state-path.js";

/** Each state file has a place on the host, and one that may be restored. */
export function checkStateFiles(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  for (const one of draftSteps(draft)) checkStep(one, tree);
}

function checkStep({ step, path: stepPath }: DraftStep, tree: SyntaxTree): void {
  const at = [...stepPath, "checkpoint", "state_files"];
  const sound = new Map<number, StatePath>();
  step.checkpoint?.state_files?.forEach((path, index) => {
    if (path === undefined) return;
    // Positions cost a second parse: only a diagnostic asks for one.
    const place = (): Place => tree.valueAt([...at, index]);
    const parsed = parseStatePath(path);
    if (path.trim() === "") {
      tree.log.report("WM0241", {}, place());
    } else if (parsed === undefined) {
      tree.log.report("WM0242", { path, write: absolute(path) }, place());
    } else if (parsed.parts.includes("..")) {
      tree.log.report("WM0244", { path }, place());
    } else if (parsed.parts.length === 0) {
      const what =
        parsed.head === "" ? "the root of the file system" : "the whole home folder";
      tree.log.report("WM0243", { path, what }, place());
    } else {
      sound.set(index, parsed);
    }
  });
  const paths = step.checkpoint?.state_files ?? [];
  for (const [index, other] of covered(sound)) {
    const facts = {
      path: paths[index] ?? "",
      other: paths[other.index] ?? "",
      same: other.same,
    };
    tree.log.report("WM0245", facts, tree.valueAt([...at, index]), [
      { message: "tracked here", place: tree.valueAt([...at, other.index]) },
    ]);
  }
}

/** The state files of a step that another one of them takes in, by index. */
export function covered(
  paths: ReadonlyMap<number, StatePath>,
): Map<number, { index: number; same: boolean }> {
  // Sorted, a folder comes right before all that is in it.
  const keyed = [...paths].map(([index, path]) => ({ index, key: statePathKey(path) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  const found = new Map<number, { index: number; same: boolean }>();
  let outer = keyed[0];
  for (const one of keyed.slice(1)) {
    if (outer !== undefined && one.key.startsWith(outer.key)) {
      found.set(one.index, { index: outer.index, same: one.key === outer.key });
    } else {
      outer = one;
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** What the author most likely meant by a path that is not absolute. */
function absolute(path: string): string {
  const user = /^~[^/]+\/?/.exec(path);
  const rest = path.slice(user?.[0].length ?? 0).replace(/^(\.\.?\/)+/, "");
  return `~/${rest.replace(/^\$\w+\/?/, "")}`;
}
