import type { ScriptVerb } from "./script-verb.js";

export const doctor: ScriptVerb = {
  verb: "doctor",
  summary: "check the store, its files and the state files of an installation",
  usage: "[flags]",
  help: `
Changes nothing. Exits with 1 where there is a finding.

Examples:
  waymark doctor my-app
  waymark doctor my-app --json
`,
};
