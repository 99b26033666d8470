import { describe, expect, test } from "vitest";
import { codes } from "../../../../src/compiler/diagnostics/catalogue.js";
import { CompileError } from "../../../../src/compiler/diagnostics/diagnostic.js";
import { renderDiagnostics } from "../../../../src/compiler/diagnostics/frame.js";
import { DiagnosticLog } from "../../../../src/compiler/diagnostics/log.js";
import { nearest } from "../../../../src/compiler/diagnostics/suggest.js";
import { LineTable, type Place } from "../../../../src/compiler/source.js";

function placeIn(text: string, start: number, end: number, path = "installer.toml"): Place {
  return { path, text, span: new LineTable(text).span(start, end) };
}

function framed(place: Place, color = false): string {
  const log = new DiagnosticLog();
  log.report("WM0210", { key: "name" }, place);
  return renderDiagnostics(log.all, { color });
}

describe("the catalogue", () => {
  test("has codes of one form, in order", () => {
    expect(codes).toEqual([...codes].sort());
    expect(codes.filter((code) => !/^WM0[1259]\d\d$/.test(code))).toEqual([]);
  });
});

describe("the log", () => {
  test("throws once, at the end, with all of it in the order of the file", () => {
    const log = new DiagnosticLog();
    const text = "a\nb\nc\n";
    log.report("WM0210", { key: "c" }, placeIn(text, 4, 5));
    log.report("WM0205", { key: "a" }, placeIn(text, 0, 1));
    log.report("WM0210", { key: "b" }, placeIn(text, 2, 3));
    log.report("WM0901", { path: "x", reason: "y" }, undefined);
    expect(() => log.throwIfErrors()).toThrow(CompileError);
    expect(log.all.map(({ code, place }) => [code, place?.span.start.line])).toEqual([
      ["WM0901", undefined],
      ["WM0205", 1],
      ["WM0210", 2],
      ["WM0210", 3],
    ]);
  });

  test("lets warnings pass", () => {
    const log = new DiagnosticLog();
    log.report("WM0205", { key: "a" }, undefined);
    expect(() => log.throwIfErrors()).not.toThrow();
    expect(log.warnings).toHaveLength(1);
  });

  test("keeps an author's text from the terminal's controls", () => {
    const log = new DiagnosticLog();
    log.report("WM0210", { key: "\x1b[31m\u202ered\n" }, placeIn("x = '\x1b[31m'\n", 4, 11));
    expect(renderDiagnostics(log.all, { color: false })).not.toMatch(/\x1b|\u202e/);
  });
});

test("no message lets through what a terminal acts on", () => {
  const log = new DiagnosticLog();
  const odd = "\x1b[31m\x07\u202e\n";
  log.report("WM0101", { reason: odd }, undefined);
  log.report("WM0234", { file: odd, reason: odd }, undefined);
  log.report("WM0236", { what: "the script", step: odd }, undefined);
  log.report("WM0501", { what: "the script", shell: "sh", reason: odd }, undefined);
  log.report("WM0901", { path: odd, reason: odd }, undefined);
  const shown = renderDiagnostics(log.all, { color: false });
  expect(shown).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  expect(shown.trimEnd().split("\n\n")).toHaveLength(5);
});

test("a message cuts a long text between two characters", () => {
  const log = new DiagnosticLog();
  for (const before of ["", "x"]) log.report("WM0210", { key: before + "\u{1f600}".repeat(100) }, undefined);
  expect(log.all.map(({ message }) => message).join("")).not.toMatch(/\p{Surrogate}|ud83d/iu);
});

describe("the frame", () => {
  test("shows the lines around, and marks the span", () => {
    expect(framed(placeIn("one\ntwo three\nfour\n", 8, 13))).toBe(
      [
        "installer.toml:2:5: error WM0210: `name` is empty",
        "1 | one",
        "2 | two three",
        "  |     ^^^^^",
        "3 | four",
        "",
      ].join("\n"),
    );
  });

  test("marks the first line of a span of several", () => {
    expect(framed(placeIn("one\ntwo\nthree", 1, 6))).toContain("1 | one\n  |  ^^\n2 | two\n");
  });

  test("aligns line numbers of different length", () => {
    const text = "x\n".repeat(12);
    expect(framed(placeIn(text, 16, 17))).toContain(" 8 | x\n 9 | x\n   | ^\n10 | x\n");
  });

  test("marks one column where there is nothing to mark", () => {
    expect(framed(placeIn("", 0, 0))).toContain("1 |\n  | ^\n");
  });

  test("keeps carets in place below tabs and wide characters", () => {
    expect(framed(placeIn("\ta = \u4e16\u754c \u{1f600} b", 11, 12))).toContain(
      `1 |     a = \u4e16\u754c \u{1f600} b\n  | ${" ".repeat(16)}^\n`,
    );
  });

  test("shows of a very long line what is around the span", () => {
    const text = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
    const shown = framed(placeIn(text, 500, 504)).split("\n");
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(200);
    expect(shown[1]?.indexOf("HERE")).toBe(shown[2]?.indexOf("^^^^"));
  });

  test("shows no half of a character that the cut of a line leaves", () => {
    const text = `${"\u{1f600}".repeat(100)}x${"\u{1f600}".repeat(100)}`;
    for (const at of [0, 199, 200, 201]) {
      expect(framed(placeIn(text, at, at + 1))).not.toMatch(/\p{Surrogate}/u);
    }
  });

  test("has colour only where that is asked", () => {
    expect(framed(placeIn("x", 0, 1))).not.toContain("\x1b");
    expect(framed(placeIn("x", 0, 1), true)).toContain("\x1b[1;31merror WM0210\x1b[0m");
  });
});

describe("a suggestion", () => {
  const keys = ["depends_on", "description", "name", "version", "id"];

  test.each([
    ["dependson", "depends_on"],
    ["dependsOn", "depends_on"],
    ["depends-on", "depends_on"],
    ["depend_on", "depends_on"],
    ["nmae", "name"],
    ["Version", "version"],
    ["verson", "version"],
    ["ID", "id"],
    ["colour", undefined],
    ["x", undefined],
    ["", undefined],
  ])("for %j is %j", (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  test("for what nobody could mean is none, and takes no time", () => {
    expect(nearest("a".repeat(100_000), ["b".repeat(99_000)])).toBeUndefined();
  });

  test("is the nearest of several", () => {
    expect(nearest("stepp", ["stops", "step"])).toBe("step");
  });
});
