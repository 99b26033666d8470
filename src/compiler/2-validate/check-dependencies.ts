import type { SyntaxTree } from "../1-parse/parse.js";
import { nearest } from "../diagnostics/suggest.js";
import type { Place } from "../source.js";
import { draftSteps, type DraftStep } from "./draft-steps.js";
import type { Draft, InstallerToml } from "./schema.js";

/** Each takes a look at all steps: more of them nobody reads. */
const SUGGESTIONS = 50;

/** Each dependency is a step, another one, named once, and there is no circle. */
export function checkDependencies(
  draft: Draft<InstallerToml>,
  tree: SyntaxTree,
): void {
  const steps = new Map<string, DraftStep>();
  for (const one of draftSteps(draft)) {
    if (one.step.id !== undefined && !steps.has(one.step.id)) {
      steps.set(one.step.id, one);
    }
  }
  // A step whose shape is wrong may be the one that is missing here.
  const whole = draft.step?.every((step) => step?.id !== undefined) ?? false;

  let unknown = 0;
  for (const { step, path, label } of draftSteps(draft)) {
    const seen = new Set<string>();
    const twice = new Set<string>();
    step.depends_on?.forEach((id, index) => {
      if (id === undefined) return;
      const place = (): Place => tree.valueAt([...path, "depends_on", index]);
      if (seen.has(id)) {
        if (!twice.has(id)) tree.log.report("WM0223", { step: label, id }, place());
        twice.add(id);
      } else if (id === step.id) {
        tree.log.report("WM0221", { step: id }, place());
      } else if (!steps.has(id) && whole) {
        const meant = ++unknown <= SUGGESTIONS ? nearest(id, steps.keys()) : undefined;
        const facts = { step: label, id, ...(meant === undefined ? {} : { meant }) };
        tree.log.report("WM0220", facts, place());
      }
      seen.add(id);
    });
  }
  reportCycles(steps, tree);
}

/** Walks the graph depth first, without recursion: a chain may be long. */
function reportCycles(steps: Map<string, DraftStep>, tree: SyntaxTree): void {
  const done = new Set<string>();
  for (const start of steps.keys()) {
    if (done.has(start)) continue;
    const trail = [{ id: start, next: 0 }];
    const onTrail = new Map([[start, 0]]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const index = top.next++;
      const from = steps.get(top.id) as DraftStep;
      const wanted = from.step.depends_on ?? [];
      if (index >= wanted.length) {
        done.add(top.id);
        onTrail.delete(top.id);
        trail.pop();
        continue;
      }
      const id = wanted[index];
      if (id === undefined || id === top.id || done.has(id) || !steps.has(id)) continue;
      if (wanted.indexOf(id) < index) continue;
      const begin = onTrail.get(id);
      if (begin === undefined) {
        onTrail.set(id, trail.length);
        trail.push({ id, next: 0 });
        continue;
      }
      const cycle = [...trail.slice(begin).map((one) => one.id), id];
      const place = tree.valueAt([...from.path, "depends_on", index]);
      tree.log.report("WM0222", { cycle }, place);
    }
  }
}
