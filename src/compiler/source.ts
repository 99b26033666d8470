/**
 * What the compiler reads: the text of an installer.toml and, through
 * `asset`, the files that it names. The compiler itself opens nothing.
 */
export interface Source {
  /** As it is shown in diagnostics: relative to where the person stands. */
  readonly path: string;
  readonly text: string;
  /** Reads a file that the TOML names, relative to the installer.toml. */
  readonly asset: (relativePath: string) => Asset;
}

/** A file that the TOML names: its text, or why it cannot be read. */
export type Asset =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** A range in the source: offsets in UTF-16 units, lines and columns from 1. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A span of a text that can be shown: the file it stands in, and its text. */
export interface Place {
  readonly path: string;
  readonly text: string;
  readonly span: Span;
}

/** Where lines begin in a text, so that offsets become lines and columns. */
export class LineTable {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  get lines(): number {
    return this.#starts.length;
  }

  /** The position of an offset, which is moved into the text where it is not. */
  position(offset: number): Position {
    const inside = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= inside) low = middle;
      else high = middle - 1;
    }
    const column = inside - (this.#starts[low] as number) + 1;
    return { offset: inside, line: low + 1, column };
  }

  span(start: number, end: number): Span {
    return { start: this.position(start), end: this.position(end) };
  }

  /** The text of a line, from 1, without its line end. */
  line(number: number): string {
    const start = this.#starts[number - 1];
    if (start === undefined) return "";
    const next = this.#starts[number];
    const end = next === undefined ? this.#text.length : next - 1;
    return this.#text.slice(start, end).replace(/\r$/, "");
  }

  /** A line's span without the blanks around it, moved into the text. */
  lineSpan(number: number): Span {
    const inside = Math.max(1, Math.min(number, this.lines));
    const start = this.#starts[inside - 1] as number;
    const text = this.line(inside);
    const indent = text.length - text.trimStart().length;
    const blank = indent === text.length;
    return this.span(
      blank ? start : start + indent,
      blank ? start : start + text.trimEnd().length,
    );
  }
}
