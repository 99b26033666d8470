import { Raw, type Table, type Value } from "./document.js";
import type { Random } from "../setup/random.js";

/**
 * A document as TOML. Without a `random` it is written plainly; with one, in
 * any of the ways that TOML has for the same values. It is a writer of the
 * test's own: what the compiler reads was not written by what it reads with.
 */
export function writeToml(document: Table, random?: Random): string {
  return new Writer(random).document(document);
}

class Writer {
  readonly #random: Random | undefined;

  constructor(random: Random | undefined) {
    this.#random = random;
  }

  /** Once in `times`; never in a plain document. */
  #at(times: number): boolean {
    return this.#random?.oneIn(times) ?? false;
  }

  document(document: Table): string {
    const mark = this.#at(60) ? "\uFEFF" : "";
    const text = mark + this.#table(document, []);
    return this.#at(40) && !/"""|'''/.test(text) ? text.replaceAll("\n", "\r\n") : text;
  }

  /** The pairs of a table, and behind them the tables that have headers. */
  #table(values: Table, path: readonly string[]): string {
    const pairs: string[] = [];
    const tables: string[] = [];
    for (const [key, value] of values) {
      const at = [...path, key];
      if (value instanceof Map && !this.#at(12)) {
        if (this.#at(15)) pairs.push(...this.#dotted(value, [key]));
        else tables.push(this.#line(`[${this.#path(at)}]`), this.#table(value, at));
      } else if (isTables(value) && value.length > 0 && path.length === 0 && !this.#at(30)) {
        const header = this.#line(`[[${this.#path(at)}]]`);
        for (const one of value) tables.push(header, this.#table(one, at));
      } else {
        pairs.push(this.#pair([key], value));
      }
    }
    return [...pairs, ...tables].join("");
  }

  /** `a.b = 1` for a table below the one that is being written. */
  #dotted(values: Table, path: readonly string[]): string[] {
    if (values.size === 0) return [this.#pair(path, values)];
    return [...values].map(([key, value]) => this.#pair([...path, key], value));
  }

  #pair(path: readonly string[], value: Value): string {
    const equals = this.#at(8) ? "\t= " : this.#at(8) ? "=" : " = ";
    return this.#line(this.#path(path) + equals + this.value(value, true));
  }

  #line(text: string): string {
    const before = this.#at(20) ? "\n  \t" : this.#at(40) ? "# [[step]] \"''' = \n" : "";
    return `${before}${text}${this.#at(20) ? " # a comment, \"quoted\"" : ""}\n`;
  }

  #path(path: readonly string[]): string {
    return path.map((key) => this.#key(key)).join(this.#at(20) ? " . " : ".");
  }

  #key(key: string): string {
    if (/^[\w-]+$/.test(key) && !this.#at(25)) return key;
    return /^[^'\p{Cc}]*$/u.test(key) && this.#at(2) ? `'${key}'` : this.#basic(key);
  }

  /** `lines` says whether the value may have lines of its own. */
  value(value: Value, lines: boolean): string {
    if (value instanceof Raw) return value.text;
    if (typeof value === "string") return this.#string(value, lines);
    if (Array.isArray(value)) return this.#list(value);
    if (!(value instanceof Map)) return String(value);
    const pairs = [...value].map(([key, inner]) => `${this.#key(key)} = ${this.value(inner, lines)}`);
    // TOML 1.1 has line ends and a last comma here.
    const wide = this.#at(15) && pairs.length > 0;
    return wide ? `{\n ${pairs.join(" , # and\n ")},\n}` : `{ ${pairs.join(", ")} }`;
  }

  #list(values: readonly Value[]): string {
    const items = values.map((inner) => this.value(inner, true));
    if (items.length > 0 && this.#at(6)) return `[\n  ${items.join(",\n  ")}, # all\n]`;
    return `[${items.join(", ")}]`;
  }

  #string(text: string, lines: boolean): string {
    const random = this.#random;
    const literal = !/'|(?!\t)\p{Cc}/u.test(text);
    if (random === undefined) return this.#basic(text);
    if (literal && random.oneIn(3)) return `'${text}'`;
    if (!lines || random.oneIn(3)) return this.#basic(text);
    // The first newline behind the opening quotes is not a part of the text.
    const longLiteral = !/'''|'$|(?![\t\n])\p{Cc}/u.test(text);
    if (longLiteral && random.oneIn(2)) return `'''\n${text}'''`;
    return `"""\n${this.#escaped(text, true)}"""`;
  }

  #basic(text: string): string {
    return `"${this.#escaped(text, false)}"`;
  }

  #escaped(text: string, lines: boolean): string {
    return [...text].map((character) => this.#character(character, lines)).join("");
  }

  #character(character: string, lines: boolean): string {
    if (lines && character === "\n") return this.#at(20) ? "\\\n  \\n" : "\n";
    const short = SHORT.get(character);
    if (short !== undefined && !this.#at(20)) return short;
    const code = character.codePointAt(0) as number;
    const must = short !== undefined || code < 0x20 || code === 0x7f;
    if (!must && !this.#at(100)) return character;
    // A half of a pair has no escape: it is written as it is, and is wrong.
    if (code >= 0xd800 && code <= 0xdfff) return character;
    if (code < 0x100 && this.#at(3)) return `\\x${hex(code, 2)}`;
    return code < 0x10000 && !this.#at(5) ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
}

const SHORT = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
]);

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

function isTables(value: Value): value is Table[] {
  return Array.isArray(value) && value.every((one) => one instanceof Map);
}
