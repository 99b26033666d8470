// Which word of a command line is the installer, and which are the script's.
import { expect, test } from "vitest";
import { splitWords } from "../../../src/commands/target.js";

test("the value of a flag is no name", () => {
  for (const flag of ["--checkpoint-dir", "--from", "--to", "--set"]) {
    expect(splitWords([flag, "A=value", "name", "-v"])).toEqual({
      name: "name",
      rest: [flag, "A=value", "-v"],
    });
  }
});
