import { describe, expect, test } from "vitest";
import { parse, type SyntaxTree } from "../../../../src/compiler/1-parse/parse.js";
import type { KeyPath } from "../../../../src/compiler/1-parse/spans.js";
import type { Place } from "../../../../src/compiler/source.js";
import { caught, marks, sourceOf } from "../../helpers.js";

const treeOf = (text: string): SyntaxTree => parse(sourceOf(text));

function textAt({ text, span }: Place): string {
  return text.slice(span.start.offset, span.end.offset);
}

function faults(text: string): string[] {
  return marks(
    caught(() => {
      parse(sourceOf(text));
      return [];
    }),
  );
}

describe("a syntax error", () => {
  test.each([
    ["a = 1\nb = ", "WM0101 2:5"],
    ['a = "open\n', "WM0101 1:10"],
    ["a = 1\na = 2\n", "WM0101 2:1"],
    ["[a\n", "WM0101 1:3"],
    ["a = 1 b = 2", "WM0101 1:7"],
    ["a = \0", "WM0101 1:5"],
    ["\u00e9 = 1\nx", "WM0101 1:1"],
  ])("%j is placed", (text, mark) => {
    expect(faults(text)).toEqual([mark]);
  });

  test("says when a string is not closed on its line", () => {
    const [fault] = caught(() => {
      parse(sourceOf('a = "open\r\nb = 1\r\n'));
      return [];
    });
    expect(fault?.message).toBe("not valid TOML: a string is not closed on its line");
  });

  test("in a file with a byte order mark keeps its line and column", () => {
    expect(faults("\uFEFFa = 1\nb = ?\n")).toEqual(["WM0101 2:5"]);
  });
});

describe("what is nested", () => {
  const lists = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test.each([
    ["lists", `b = 1\na = ${lists(100)}`, "WM0102 2:104"],
    ["a key", `a.${"b.".repeat(200)}c = 1`, "WM0102 1:1"],
    ["a header", `[x]\n[${"a.".repeat(50_000)}b]\nc = 1`, "WM0102 2:1"],
    ["a key in a table", `a = { b.${"c.".repeat(3000)}d = 1 }`, "WM0102 1:7"],
  ])("too deep, as %s, is refused", (_, text, mark) => {
    expect(faults(text)).toEqual([mark]);
  });

  test("as deep as it may be is not", () => {
    expect(faults(`a = ${lists(99)}`)).toEqual([]);
  });
});

describe("a position", () => {
  const text = [
    "a.b = 1",
    'list = ["x", { y = 2 }]',
    "[t]",
    "k = true",
    "[[step]]",
    'id = "one"',
    "[step.script]",
    "content = 'x'",
    "[[step]]",
    'id = "two"',
    "[step.script]",
    '"content" = 1',
  ].join("\n");
  const tree = treeOf(text);

  test.each<[KeyPath, string, string]>([
    [["a", "b"], "a.b", "1"],
    [["list"], "list", '["x", { y = 2 }]'],
    [["list", 0], '"x"', '"x"'],
    [["list", 1, "y"], "y", "2"],
    [["t"], "[t]", "[t]"],
    [["t", "k"], "k", "true"],
    [["step"], "[[step]]", "[[step]]"],
    [["step", 1], "[[step]]", "[[step]]"],
    [["step", 0, "script", "content"], "content", "'x'"],
    [["step", 1, "script", "content"], '"content"', "1"],
  ])("of %j", (path, key, value) => {
    expect(textAt(tree.keyAt(path))).toBe(key);
    expect(textAt(tree.valueAt(path))).toBe(value);
  });

  test("of what is not there is the nearest table's", () => {
    const { span } = tree.keyAt(["step", 1, "script", "errexit"]);
    expect(span.start.line).toBe(11);
    expect(tree.keyAt(["nothing"]).span.start.line).toBe(1);
  });

  test("is right in a file with CRLF line ends", () => {
    const crlf = treeOf(text.replaceAll("\n", "\r\n"));
    const place = crlf.valueAt(["step", 1, "id"]);
    expect(textAt(place)).toBe('"two"');
    expect(place.span.start).toMatchObject({ line: 10, column: 6 });
  });

  test("is there for all that TOML 1.1 adds", () => {
    const newer = treeOf('t = {\n  a = "\\e\\x41",\n  b = 1,\n}\n');
    expect(newer.value).toEqual({ t: { a: "\x1bA", b: 1 } });
    expect(textAt(newer.keyAt(["t", "b"]))).toBe("b");
  });
});

describe("a line of a string", () => {
  test.each([
    ["literal", "x = '''\none\n  two\nthree\n'''", ["one", "two", "three"]],
    ["on the line of its quotes", "x = '''one\ntwo'''", ["x = '''one", "two'''"]],
    ["CRLF", "x = '''\r\none\r\ntwo\r\n'''", ["one", "two"]],
    ["joined", 'x = """\none \\\n   two\nthree\n"""', ["one \\", "three"]],
    ["escaped", 'x = """\na\\nb\nc\\\\nd\ne"""', ["a\\nb", "a\\nb", "c\\\\nd", 'e"""']],
    ["of one line", 'x = "a\\nb"', ['"a\\nb"', '"a\\nb"']],
  ])("%s", (_, toml, lines) => {
    const tree = treeOf(toml);
    const found = lines.map((_line, index) => textAt(tree.lineAt(["x"], index + 1)));
    expect(found).toEqual(lines);
  });

  test("behind the last is the last", () => {
    const tree = treeOf("x = '''\none\ntwo\n'''\ny = 1");
    expect(textAt(tree.lineAt(["x"], 9))).toBe("two");
  });
});
