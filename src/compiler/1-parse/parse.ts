import { parse as parseToml, TomlError } from "smol-toml";
import { DiagnosticLog } from "../diagnostics/log.js";
import { LineTable, type Place, type Source } from "../source.js";
import { DEEPEST, lazySpans, type KeyPath, type KeySpan } from "./spans.js";
import { lineInString } from "./string-lines.js";

/** The values of an installer.toml, and where each of them stands. */
export interface SyntaxTree {
  readonly source: Source;
  /** Tables without a prototype, arrays, strings, numbers, booleans, dates. */
  readonly value: unknown;
  /** Collects what all phases of this compilation find. */
  readonly log: DiagnosticLog;
  /** Where a key path stands; where it does not, the nearest table above. */
  readonly spanOf: (path: KeyPath) => KeySpan;
  readonly keyAt: (path: KeyPath) => Place;
  readonly valueAt: (path: KeyPath) => Place;
  /** Where a line (from 1) of the string at a key path stands. */
  readonly lineAt: (path: KeyPath, line: number) => Place;
}

/** Phase 1: text to values. */
export function parse(source: Source): SyntaxTree {
  const log = new DiagnosticLog();
  // A blank for the mark keeps every offset; it is no part of the first line.
  const text = source.text.replace(/^\uFEFF/, " ");
  const lines = new LineTable(text);
  const place = (span: Place["span"]): Place => ({ path: source.path, text, span });

  let value: unknown;
  try {
    value = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    log.report("WM0101", { reason: reasonOf(error, lines) }, place(spanOfError(error, lines)));
    log.throwIfErrors();
  }

  const spanOf = lazySpans(text, lines);
  const deep = tooDeep(value, []);
  if (deep !== undefined) {
    log.report("WM0102", { levels: DEEPEST }, place(spanOf(deep).key));
    log.throwIfErrors();
  }
  return {
    source,
    value,
    log,
    spanOf,
    keyAt: (path) => place(spanOf(path).key),
    valueAt: (path) => place(spanOf(path).value),
    lineAt: (path, line) => {
      const { value: span } = spanOf(path);
      const raw = text.slice(span.start.offset, span.end.offset);
      if (!/^("""|''')/.test(raw)) return place(span);
      const offset = span.start.offset + lineInString(raw, line);
      return place(lines.lineSpan(lines.position(offset).line));
    },
  };
}

/** Where tables and lists go deeper than the phases that follow can. */
function tooDeep(value: unknown, path: KeyPath): KeyPath | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length === DEEPEST) return path;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== "object") continue;
    const deep = tooDeep(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (deep !== undefined) return deep;
  }
  return undefined;
}

/** smol-toml's own sentence, without its frame. */
function reasonOf(error: TomlError, lines: LineTable): string {
  const sentence = (error.message.split("\n", 1)[0] ?? error.message).replace(
    /^Invalid TOML document: /,
    "",
  );
  // The control character that it does not allow is the end of the line.
  const atLineEnd = error.column > lines.line(error.line).length;
  const inString = sentence === "control characters are not allowed in strings";
  return atLineEnd && inString ? "a string is not closed on its line" : sentence;
}

/** The word at the fault: smol-toml gives its first character alone. */
function spanOfError(error: TomlError, lines: LineTable): Place["span"] {
  const line = lines.line(error.line);
  const rest = line.slice(error.column - 1);
  const word = /^(?:[\w.-]+|\S)/.exec(rest)?.[0] ?? "";
  const before = lines.lineSpan(error.line).start;
  const start = before.offset - (before.column - 1) + error.column - 1;
  return lines.span(start, start + Math.max(1, word.length));
}
