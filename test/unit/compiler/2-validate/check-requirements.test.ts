// [installer.requirements]: what is wrong with it, and what comes out.
import { describe, expect, test } from "vitest";
import { diagnosticsOf, HEAD, marks, specOf, stepToml } from "../../helpers.js";

const withKeys = (...keys: string[]): string =>
  `${HEAD}[installer.requirements]\n${keys.join("\n")}\n${stepToml("a")}`;
const marksOf = (...keys: string[]): string[] => marks(diagnosticsOf(withKeys(...keys)));

describe("what comes out", () => {
  test("has one name for each machine, and nothing twice", () => {
    const { requirements, installer } = specOf(
      withKeys(
        'os = ["macos>=13", "alpine", "macos >= 13"]',
        'arch = ["amd64", "x86_64", "arm64", "armhf", "i686"]',
        'privileges = "root"',
        "network = true",
        'commands = ["curl", "curl"]',
        'disk_space = "1 MiB"',
      ),
    );
    expect(requirements).toEqual({
      os: [{ id: "macos", relation: ">=", version: "13" }, { id: "alpine" }],
      arch: ["x86_64", "aarch64", "armv7", "i386"],
      root: true,
      network: true,
      commands: ["curl"],
      diskSpace: { text: "1 MiB", kib: 1024 },
    });
    expect(installer).toEqual({ name: "app", version: "1.0" });
  });

  test.each([[[]], [['privileges = "user"']], [["network = false", 'privileges = "user"']]])(
    "is nothing where nothing is asked: %j",
    (keys) => {
      expect(marksOf(...keys)).toEqual([]);
      expect(specOf(withKeys(...keys))).not.toHaveProperty("requirements");
    },
  );
});

describe("what is wrong", () => {
  test("is told at once, each where it stands", () => {
    const keys = ['os = ["Ubuntu", "linux"]', "arch = []", 'commands = ["a b", "ok"]', 'disk_space = "much"'];
    expect(marksOf(...keys)).toEqual(["WM0261 5:7", "WM0260 6:8", "WM0263 7:13", "WM0264 8:14"]);
  });

  test.each(["0MB", "0.0 GB", "1001TiB", "99999999999999999999TB"])("the size %s", (size) => {
    expect(marksOf(`disk_space = "${size}"`)).toEqual(["WM0265 5:14"]);
  });

  test.each(["a/b", "/bin/sh", "-x", "a b", "", ".", "..", "a;b", "$(x)", "a\\nb", "\u00e9"])("the command %j", (name) => {
    expect(marksOf(`commands = ["${name}"]`)).toEqual(["WM0263 5:13"]);
  });

  test.each(["[", "g++", "python3.11", "x86_64-linux-gnu-gcc", "7z"])("not the command %s", (name) => {
    expect(marksOf(`commands = ["${name}"]`)).toEqual([]);
  });

  test("a NUL is told once", () => {
    expect(marksOf('os = ["a\\u0000"]', 'commands = ["\\u0000"]', 'disk_space = "\\u0000"')).toEqual([
      "WM0212 5:7",
      "WM0212 6:13",
      "WM0212 7:14",
    ]);
  });
});

describe("what is odd", () => {
  test.each(["darwin", "osx", "redhat", "ubunto", "ubuntu-20.04", "debian12", "freebds"])("the id %s", (id) => {
    expect(marksOf(`os = ["${id}"]`)).toEqual(["WM0262 5:7"]);
  });

  test.each(["ol", "sl", "my-own", "opensuse-leap", "nobara", "windows"])("not the id %s", (id) => {
    expect(marksOf(`os = ["${id}"]`)).toEqual([]);
  });

  test.each([
    [["linux", "ubuntu >= 20.04"], ["WM0267 5:16"]],
    [["ubuntu >= 20.04", "linux"], ["WM0267 5:7"]],
    [["linux", "linux >= 5"], ["WM0267 5:16"]],
    [["linux", "macos >= 13", "my-own"], []],
    [["debian", "ubuntu"], []],
    [["debian >= 11", "debian = 9"], []],
    [["debian < 11", "debian > 9"], ["WM0268 5:22"]],
    [["debian < 9", "debian > 11"], []],
    [["debian", "debian"], ["WM0266 5:17"]],
  ])("%j: %j", (os, found) => {
    expect(marksOf(`os = ${JSON.stringify(os).replaceAll(",", ", ")}`)).toEqual(found);
  });
});
