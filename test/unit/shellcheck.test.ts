import { describe, expect, test } from "vitest";
import { fromNative, fromWasm } from "../setup/shellcheck.js";
import { findTool } from "../setup/tools.js";

const script = "#!/bin/sh\nread x\necho $x\n";
const native = process.env["SHELLCHECK_BIN"] || findTool("shellcheck");

describe("shellcheck", () => {
  test("from the npm package finds what there is to find", () => {
    expect(fromWasm(script)).toContainEqual(
      expect.objectContaining({ line: 3, column: 6, code: 2086, level: "info" }),
    );
    expect(fromWasm('#!/bin/sh\necho "$1"\n')).toEqual([]);
  });

  test.runIf(native)("from this machine finds the same", () => {
    expect(fromNative(native as string, script)).toEqual(fromWasm(script));
  });
});
