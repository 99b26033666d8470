import type { ScriptVerb } from "./script-verb.js";

export const logs: ScriptVerb = {
  verb: "logs",
  summary: "show the log of a step",
  usage: "[STEP] [flags]",
  help: `
Examples:
  waymark logs my-app                of the last step that ran
  waymark logs my-app STEP
`,
};
