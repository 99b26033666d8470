import type { ScriptVerb } from "./script-verb.js";

export const plan: ScriptVerb = {
  verb: "plan",
  summary: "show what would run, in order, and why; changes nothing",
  usage: "[flags]",
  help: `
Examples:
  waymark plan my-app                of an installed one
  waymark plan examples/my-app       of an installer.toml
`,
};
