import type { ScriptVerb } from "./script-verb.js";

export const verify: ScriptVerb = {
  verb: "verify",
  summary: "run all verification commands of an installation again",
  usage: "[flags]",
  help: `
Examples:
  waymark verify my-app
`,
};
