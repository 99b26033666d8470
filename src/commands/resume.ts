import type { ScriptVerb } from "./script-verb.js";

export const resume: ScriptVerb = {
  verb: "resume",
  summary: "continue an installation after its last checkpoint",
  usage: "[--from STEP | --list] [flags]",
  help: `
Examples:
  waymark resume my-app              after the last checkpoint
  waymark resume my-app --from STEP  run STEP and all that comes after it again
  waymark resume my-app --list       list the checkpoints
`,
};
