import { fileStat, sourceFile } from "../assets.js";
import { build, summaryOf } from "./build.js";
import { CommandError } from "./io.js";
import { writeExecutable } from "./write-file.js";

export const compileHelp = `
Examples:
  waymark compile                     installer.toml here to install.sh here
  waymark compile app -o dist/app.sh  app/installer.toml to dist/app.sh
  waymark compile -o - | sh -s plan   to standard output
`;

/** `compile [FILE|DIR] [-o OUTPUT]`: the exit code. */
export function compileCommand(input: string, options: { output: string }): number {
  const { output } = options;
  if (output !== "-" && isSameFile(sourceFile(input), output)) {
    throw new CommandError(`${output} is the file to compile: it is not overwritten`, 2);
  }
  const script = build(input);
  if (output === "-") {
    process.stdout.write(script.text);
    return 0;
  }
  writeExecutable(output, script.text);
  const size = (Buffer.byteLength(script.text) / 1024).toFixed(1);
  process.stdout.write(`${output}: ${summaryOf(script)}, ${size} KB\n`);
  return 0;
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [fileStat(a), fileStat(b)];
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}
