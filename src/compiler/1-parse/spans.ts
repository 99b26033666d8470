import { parseTOML, type AST } from "toml-eslint-parser";
import type { LineTable, Span } from "../source.js";

/** Levels of tables and lists: what is deeper is refused, and has no span. */
export const DEEPEST = 100;

export type KeyPath = readonly (string | number)[];

export interface KeySpan {
  readonly key: Span;
  readonly value: Span;
}

/**
 * A lookup from key path to span. The second parse that it takes is many times
 * as slow as the first, so it is made when somebody first asks.
 */
export function lazySpans(
  text: string,
  lines: LineTable,
): (path: KeyPath) => KeySpan {
  let spans: Map<string, KeySpan> | undefined;
  return (path) => {
    spans ??= collectSpans(text, lines);
    for (let length = path.length; length > 0; length--) {
      const span = spans.get(nameOf(path.slice(0, length)));
      if (span !== undefined) return span;
    }
    const top = lines.lineSpan(1);
    return { key: top, value: top };
  };
}

function nameOf(path: KeyPath): string {
  return JSON.stringify(path);
}

function collectSpans(text: string, lines: LineTable): Map<string, KeySpan> {
  const spans = new Map<string, KeySpan>();
  const note = (path: KeyPath, key: AST.TOMLNode, value: AST.TOMLNode): void => {
    const name = nameOf(path);
    if (spans.has(name)) return;
    spans.set(name, {
      key: lines.span(...key.range),
      value: lines.span(...value.range),
    });
  };

  const visitPair = (pair: AST.TOMLKeyValue, above: KeyPath): void => {
    let path = above;
    for (const part of pair.key.keys) {
      if (path.length === DEEPEST) return;
      path = [...path, part.type === "TOMLBare" ? part.name : part.value];
      note(path, pair.key, pair.value);
    }
    visitValue(pair.value, path);
  };

  const visitValue = (value: AST.TOMLContentNode, path: KeyPath): void => {
    if (value.type === "TOMLArray") {
      value.elements.forEach((element, index) => {
        note([...path, index], element, element);
        visitValue(element, [...path, index]);
      });
    } else if (value.type === "TOMLInlineTable") {
      for (const pair of value.body) visitPair(pair, path);
    }
  };

  for (const node of parsed(text)) {
    if (node.type === "TOMLKeyValue") {
      visitPair(node, []);
      continue;
    }
    const path = node.resolvedKey.slice(0, DEEPEST);
    // The header, brackets and all: the table's own range takes in its body.
    const header = lines.span(node.range[0], headerEnd(node, text));
    // `[a.b.c]` may be all that there is of `a`, and `[[a]]` is what `a` is.
    for (let length = 1; length <= path.length; length++) {
      const name = nameOf(path.slice(0, length));
      if (!spans.has(name)) spans.set(name, { key: header, value: header });
    }
    for (const pair of node.body) visitPair(pair, path);
  }
  return spans;
}

function headerEnd(table: AST.TOMLTable, text: string): number {
  const close = table.kind === "array" ? "]]" : "]";
  const end = text.indexOf(close, table.key.range[1]);
  return end < 0 ? table.key.range[1] : end + close.length;
}

function parsed(text: string): readonly (AST.TOMLKeyValue | AST.TOMLTable)[] {
  try {
    // 1.1 is what smol-toml reads: line ends in inline tables, `\e` and `\x`.
    return parseTOML(text, { tomlVersion: "1.1" }).body[0].body;
  } catch {
    // The values are right all the same: diagnostics then point at the top.
    return [];
  }
}
