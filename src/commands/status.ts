import type { ScriptVerb } from "./script-verb.js";

export const status: ScriptVerb = {
  verb: "status",
  summary: "show each step's status, and which files have changed since",
  usage: "[--json] [flags]",
  help: `
Examples:
  waymark status my-app
  waymark status my-app --json       for a program to read
`,
};
