import { LineTable, type Place } from "../source.js";
import type { Diagnostic } from "./diagnostic.js";

/** How the frame is drawn; colour is the caller's to decide. */
export interface FrameOptions {
  readonly color: boolean;
}

type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = {
  error: "1;31",
  warning: "1;33",
  bold: "1",
  quiet: "34",
  help: "1;36",
};

/** All diagnostics as text, a blank line between them, with a last newline. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: FrameOptions,
): string {
  const paint: Paint = (style, text) =>
    options.color ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text;
  // A line table costs a walk over the text: one for each text, not each error.
  const tables = new Map<string, LineTable>();
  const tableOf = (text: string): LineTable => {
    let table = tables.get(text);
    if (table === undefined) tables.set(text, (table = new LineTable(text)));
    return table;
  };
  return diagnostics
    .map((one) => `${renderOne(one, paint, tableOf)}\n`)
    .join("\n");
}

function renderOne(
  one: Diagnostic,
  paint: Paint,
  tableOf: (text: string) => LineTable,
): string {
  const head = `${paint(one.severity, `${one.severity} ${one.code}`)}: ${paint("bold", one.message)}`;
  const places = [
    ...(one.place === undefined ? [] : [one.place]),
    ...one.related.map((related) => related.place),
  ];
  const gutter = Math.max(
    1,
    ...places.map((place) => String(place.span.start.line + 1).length),
  );
  const out: string[] = [];
  if (one.place === undefined) {
    out.push(head);
  } else {
    out.push(`${where(one.place)}: ${head}`);
    out.push(...frame(one.place, gutter, one.severity, paint, tableOf));
  }
  for (const related of one.related) {
    const note = `${paint("quiet", "note")}: ${related.message}`;
    out.push(`${" ".repeat(gutter)} ${paint("quiet", "-->")} ${where(related.place)}: ${note}`);
    out.push(...frame(related.place, gutter, "quiet", paint, tableOf));
  }
  if (one.help !== undefined) {
    const indent = one.place === undefined ? "" : " ".repeat(gutter + 1);
    out.push(`${indent}${paint("help", "help")}: ${one.help}`);
  }
  return out.join("\n");
}

function where(place: Place): string {
  const { line, column } = place.span.start;
  return `${oneLine(place.path)}:${line}:${column}`;
}

/** Columns of an author's line that are shown. */
const LONGEST = 160;

/** The line before, the line itself with carets below, and the line after. */
function frame(
  place: Place,
  gutter: number,
  style: keyof typeof STYLES,
  paint: Paint,
  tableOf: (text: string) => LineTable,
): string[] {
  const table = tableOf(place.text);
  const { start, end } = place.span;
  const bar = paint("quiet", "|");
  // Of a very long line, what is around the span.
  const shift = start.column > LONGEST - 40 ? start.column - 40 : 0;
  const shownOf = (number: number): string => table.line(number).slice(shift, shift + LONGEST);
  const row = (number: number): string => {
    const text = visible(shownOf(number));
    const label = paint("quiet", String(number).padStart(gutter));
    return text === "" ? `${label} ${bar}` : `${label} ${bar} ${text}`;
  };
  const line = shownOf(start.line);
  const from = start.column - 1 - shift;
  const before = visible(line.slice(0, from));
  const until = end.line === start.line ? end.column - 1 - shift : line.length;
  const marked = visible(line.slice(from, until));
  const carets = "^".repeat(Math.max(1, width(marked)));
  const rows = [];
  if (start.line > 1) rows.push(row(start.line - 1));
  rows.push(row(start.line));
  const margin = `${" ".repeat(gutter)} ${bar} ${" ".repeat(width(before))}`;
  rows.push(margin + paint(style, carets));
  const next = start.line + 1;
  // The empty "line" behind the last newline is no line to show.
  const shown = next < table.lines || (next === table.lines && table.line(next) !== "");
  if (shown) rows.push(row(next));
  return rows;
}

/** Nothing of an author's text may move the cursor or hide a character. */
function visible(text: string): string {
  return text
    .replaceAll("\t", "    ")
    // A half of a character is what the cut of a long line leaves.
    .replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu, (character) =>
      character === "\ufeff" ? "" : "\u00b7",
    );
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, "?");
}

/** Columns on a terminal: East Asian wide characters and emoji take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
