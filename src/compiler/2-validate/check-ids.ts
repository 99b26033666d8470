import type { SyntaxTree } from "../1-parse/parse.js";
import { draftSteps } from "./draft-steps.js";
import type { Draft, InstallerToml } from "./schema.js";

/** What can be a folder's or a file's name on every host. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The installer's name and the steps' ids are safe, and each id is one. */
export function checkIds(draft: Draft<InstallerToml>, tree: SyntaxTree): void {
  const name = draft.installer?.name;
  // An empty one is reported as such by check-text.ts.
  if (name !== undefined && name !== "" && !SAFE.test(name)) {
    const facts = { what: "the installer's name", value: name, ...safer(name) };
    tree.log.report("WM0207", facts, tree.valueAt(["installer", "name"]));
  }

  const first = new Map<string, { id: string; path: readonly (string | number)[] }>();
  for (const { step, path } of draftSteps(draft)) {
    const { id } = step;
    if (id === undefined || id === "") continue;
    const at = [...path, "id"];
    if (!SAFE.test(id)) {
      const facts = { what: "the step id", value: id, ...safer(id) };
      tree.log.report("WM0207", facts, tree.valueAt(at));
    }
    const folded = id.toLowerCase();
    const earlier = first.get(folded);
    if (earlier === undefined) {
      first.set(folded, { id, path: at });
      continue;
    }
    const related = [
      { message: "first defined here", place: tree.valueAt(earlier.path) },
    ];
    if (earlier.id === id) {
      tree.log.report("WM0208", { id }, tree.valueAt(at), related);
    } else {
      const facts = { id, other: earlier.id };
      tree.log.report("WM0209", facts, tree.valueAt(at), related);
    }
  }
}

/** A safe id that still reads like the one that was meant. */
function safer(value: string): { meant?: string } {
  const meant = value
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, 128);
  return meant === "" ? {} : { meant };
}
