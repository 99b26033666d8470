// Systems and sizes, taken apart and mended.
import { describe, expect, test } from "vitest";
import {
  coverAll,
  formatSystem,
  MOST_KIB,
  parseSize,
  parseSystem,
  repairSize,
  repairSystem,
  type SpecSystem,
} from "../../../src/compiler/requirements.js";

describe("a system", () => {
  test.each([
    ["alpine", "alpine"],
    [" ubuntu >=  20.04 ", "ubuntu >= 20.04"],
    ["macos>=13", "macos >= 13"],
    ["opensuse-leap<15.5", "opensuse-leap < 15.5"],
    ["debian = 12", "debian = 12"],
    ["a.b_c-1", "a.b_c-1"],
  ])("%s is %s", (text, parsed) => {
    expect(formatSystem(parseSystem(text) as SpecSystem)).toBe(parsed);
  });

  test.each(["", " ", "Ubuntu", "ubuntu 20.04", "ubuntu >=", ">= 20", "ubuntu == 20", "ubuntu >= 20.", "a >= 1 b", "a; b", "-a", "a\n>= 1x"])(
    "%j is none",
    (text) => expect(parseSystem(text)).toBeUndefined(),
  );

  test.each([
    ["Ubuntu", "ubuntu"],
    ["Ubuntu 20.04", "ubuntu = 20.04"],
    ["ubuntu20.04", "ubuntu = 20.04"],
    ["ubuntu => 20.04", "ubuntu >= 20.04"],
    ["debian:12", "debian = 12"],
    ["debian ≥ v12", "debian >= 12"],
    ["debian >=", undefined],
    ["12", undefined],
  ])("%s was meant as %s", (text, meant) => {
    expect(repairSystem(text)).toBe(meant);
    if (meant !== undefined) expect(parseSystem(meant)).toBeDefined();
  });

  test.each([
    ["a >= 1", "a < 2", true],
    ["a >= 9", "a < 10", true],
    ["a >= 10", "a < 9", false],
    ["a >= 1.0", "a <= 1", true],
    ["a > 1", "a < 1", false],
    ["a > 1", "a <= 1", true],
    ["a >= 1", "b < 2", false],
    ["a < 1", "a < 2", false],
    ["a", "a < 2", false],
    ["a >= 1", "a = 2", false],
  ])("%s and %s leave no gap: %s", (lower, upper, all) => {
    expect(coverAll(parseSystem(lower) as SpecSystem, parseSystem(upper) as SpecSystem)).toBe(all);
  });
});

describe("a size", () => {
  test.each([
    ["1KiB", 1],
    ["1 kB", 1],
    ["1025 kB", 1001],
    ["200MB", 195313],
    ["1.5 GB", 1464844],
    ["1GiB", 1048576],
    ["1000TiB", MOST_KIB],
    ["0MB", 0],
  ])("%s has %d KiB", (text, kib) => expect(parseSize(text)?.kib).toBe(kib));

  test("keeps its text, with one blank", () => expect(parseSize(" 1.5 \t GB ")?.text).toBe("1.5 GB"));

  test.each(["", "200", "MB", "200mb", "-1MB", "1,5GB", "1e3MB", "200 M", "1 GB 2", "1 toString", "$(x)MB"])(
    "%j is none",
    (text) => expect(parseSize(text)).toBeUndefined(),
  );

  test.each([
    ["200mb", "200MB"],
    ["1,5 g", "1.5GB"],
    ["1gib", "1GiB"],
    ["200", undefined],
    ["5 apples", undefined],
  ])("%s was meant as %s", (text, meant) => expect(repairSize(text)).toBe(meant));
});
