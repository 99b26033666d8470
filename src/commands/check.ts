import { sourceFile } from "../assets.js";
import { build, summaryOf } from "./build.js";

export const checkHelp = `
Examples:
  waymark check             all that compile would report; nothing is written
  waymark check examples/a  the same for examples/a/installer.toml
`;

/** `check [FILE|DIR]`: phases 1 to 5, and nothing written. */
export function checkCommand(input: string): number {
  const script = build(input);
  process.stdout.write(`${sourceFile(input)}: ok (${summaryOf(script)})\n`);
  return 0;
}
