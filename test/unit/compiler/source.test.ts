import { describe, expect, test } from "vitest";
import { LineTable } from "../../../src/compiler/source.js";

describe("LineTable", () => {
  const table = new LineTable("one\r\n  two  \n\nlast");

  test("gives lines and columns from 1", () => {
    expect(table.position(0)).toEqual({ offset: 0, line: 1, column: 1 });
    expect(table.position(5)).toEqual({ offset: 5, line: 2, column: 1 });
    expect(table.position(17)).toEqual({ offset: 17, line: 4, column: 4 });
  });

  test("moves an offset outside into the text", () => {
    expect(table.position(-1).offset).toBe(0);
    expect(table.position(99)).toEqual({ offset: 18, line: 4, column: 5 });
  });

  test("gives a line without its end", () => {
    expect([1, 2, 3, 4, 5].map((line) => table.line(line))).toEqual([
      "one",
      "  two  ",
      "",
      "last",
      "",
    ]);
  });

  test("spans a line without the blanks around it", () => {
    const { start, end } = table.lineSpan(2);
    expect([start.column, end.column]).toEqual([3, 6]);
    expect(table.lineSpan(3).start).toEqual(table.lineSpan(3).end);
    expect(table.lineSpan(99).start.line).toBe(4);
  });
});
