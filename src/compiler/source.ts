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
