import type { ScriptVerb } from "./script-verb.js";

export const rollback: ScriptVerb = {
  verb: "rollback",
  summary: "undo an installation, or its last steps",
  usage: "[--to STEP | --full] [flags]",
  help: `
Examples:
  waymark rollback my-app            undo the last checkpoint
  waymark rollback my-app --to STEP  undo all that came after STEP
  waymark rollback my-app --full     undo everything
`,
};
