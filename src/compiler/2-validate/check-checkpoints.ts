import type { SyntaxTree } from "../1-parse/parse.js";
import { draftSteps, hasNoCommands } from "./draft-steps.js";
import { isFileAction, takesPlace } from "./file-actions.js";
import type { Draft, InstallerToml } from "./schema.js";

/** Warns of checkpoint options that contradict each other or do nothing. */
export function checkCheckpoints(
  draft: Draft<InstallerToml>,
  tree: SyntaxTree,
): void {
  for (const { step, path, label } of draftSteps(draft)) {
    const { checkpoint } = step;
    if (checkpoint === undefined) continue;
    const at = [...path, "checkpoint"];
    if (checkpoint.enabled === false) {
      const keys = Object.keys(checkpoint).filter((key) => key !== "enabled");
      if (keys.length > 0) {
        const place = tree.valueAt([...at, "enabled"]);
        tree.log.report("WM0250", { step: label, keys }, place);
      }
      continue;
    }
    const undo = checkpoint.rollback;
    // A file action tracks a path and undoes itself without being told.
    const action = step.action ?? "";
    const files = (checkpoint.state_files?.length ?? 0) + (takesPlace(action) ? 1 : 0);
    const snapshots = files > 0 && checkpoint.snapshot !== false;
    if (checkpoint.snapshot !== undefined && files === 0) {
      tree.log.report("WM0251", { step: label }, tree.keyAt([...at, "snapshot"]));
    }
    if (checkpoint.atomic === true && undo === undefined && !snapshots && !isFileAction(action)) {
      tree.log.report("WM0252", { step: label }, tree.keyAt([...at, "atomic"]));
    }
    if (checkpoint.irreversible === true && undo !== undefined && !hasNoCommands(undo)) {
      tree.log.report("WM0253", { step: label }, tree.keyAt([...at, "irreversible"]), [
        { message: "the rollback is here", place: tree.keyAt([...at, "rollback"]) },
      ]);
    }
  }
}
