/** A POSIX extended regular expression that was read, or why it is none. */
export type Ere =
  | { readonly ok: true; readonly fits: (value: string) => boolean }
  | { readonly ok: false; readonly reason: string; readonly write?: string };

/** What `semver` stands for: a version as semver.org has it. */
export const SEMVER =
  "(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)" +
  "(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?";

/** The character classes of POSIX, as they are in the C locale. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "\\x21-\\x7e",
  lower: "a-z",
  print: "\\x20-\\x7e",
  punct: "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e",
  space: " \\t-\\r",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

/** What people of other dialects write, and what POSIX has for it. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: "[0-9]",
  D: "[^0-9]",
  s: "[[:space:]]",
  S: "[^[:space:]]",
  w: "[[:alnum:]_]",
  W: "[^[:alnum:]_]",
};

/** The most that POSIX lets an interval `{N,M}` have. */
const MOST = 255;

class EreError extends Error {
  constructor(
    reason: string,
    readonly write?: string,
  ) {
    super(reason);
  }
}

/**
 * Reads an expression as each grep -E does. What POSIX leaves undefined is
 * refused: greps differ there. `fits` says whether it matches a whole value,
 * in the C locale, where a character is a byte.
 */
export function readEre(text: string): Ere {
  try {
    const source = new EreReader(text).read();
    const expression = new RegExp(`^(?:${source})$`);
    const bytes = (value: string): string => Buffer.from(value, "utf8").toString("latin1");
    return { ok: true, fits: (value) => !value.includes("\n") && expression.test(bytes(value)) };
  } catch (error) {
    if (!(error instanceof EreError)) throw error;
    const { message: reason, write } = error;
    return { ok: false, reason, ...(write === undefined ? {} : { write }) };
  }
}

/** Reads it left to right, and writes the same for JavaScript. */
class EreReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    // The host's grep takes bytes for characters too.
    this.#text = Buffer.from(text, "utf8").toString("latin1");
  }

  read(): string {
    if (this.#text === "") throw new EreError("it is empty");
    const control = /[\0-\x1f\x7f]/.exec(this.#text);
    if (control !== null) throw new EreError("it holds a control character");
    const source = this.#alternatives(0);
    if (this.#at < this.#text.length) throw new EreError("a `)` has no `(` before it");
    return source;
  }

  #alternatives(depth: number): string {
    let source = this.#branch(depth);
    while (this.#text[this.#at] === "|") {
      this.#at += 1;
      source += `|${this.#branch(depth)}`;
    }
    return source;
  }

  #branch(depth: number): string {
    let source = "";
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at] as string)) {
      source += this.#piece(depth);
    }
    if (source === "") throw new EreError("there is nothing on one side of a `|`, or in `()`");
    return source;
  }

  #piece(depth: number): string {
    const first = this.#text[this.#at] as string;
    if (/[*+?{]/.test(first)) throw new EreError(`there is nothing before a \`${first}\` that it could repeat`);
    const anchor = /[$^]/.test(first);
    const atom = this.#atom(depth);
    const count = this.#repetition();
    if (count === "") return atom;
    if (anchor) throw new EreError(`a \`${first}\` cannot be repeated`);
    if (/[*+?{]/.test(this.#text[this.#at] ?? "")) throw new EreError("something is repeated twice");
    return atom + count;
  }

  #repetition(): string {
    const rest = this.#text.slice(this.#at);
    const sign = /^[*+?]/.exec(rest)?.[0];
    if (sign !== undefined) {
      this.#at += 1;
      return sign;
    }
    if (!rest.startsWith("{")) return "";
    const [all, least, , most] = /^\{(\d+)(,(\d*))?\}/.exec(rest) ?? [];
    if (all === undefined) throw new EreError("a `{` begins no interval", "\\{");
    if (Number(least) > MOST || Number(most || 0) > MOST) throw new EreError(`an interval goes beyond ${MOST}`);
    if (most && Number(least) > Number(most)) throw new EreError(`the interval \`${all}\` ends before it begins`);
    this.#at += all.length;
    return all;
  }

  #atom(depth: number): string {
    const character = this.#text[this.#at] as string;
    this.#at += 1;
    if (character === "(") {
      // No person writes more; a shell's grep has limits of its own.
      if (depth === 50) throw new EreError("groups are nested too deep");
      const inner = this.#alternatives(depth + 1);
      if (this.#text[this.#at] !== ")") throw new EreError("a `(` is not closed");
      this.#at += 1;
      return `(?:${inner})`;
    }
    if (character === "[") return this.#bracket();
    if (character === "\\") return this.#escape();
    return /[.^$]/.test(character) ? character.replace(".", "[^]") : literal(character);
  }

  #escape(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new EreError("it ends in a backslash");
    if (/[0-9A-Za-z<>'`]/.test(character) || character > "\x7e") {
      throw new EreError(`\`\\${character}\` is not in POSIX`, ESCAPES[character]);
    }
    this.#at += 1;
    return literal(character);
  }

  #bracket(): string {
    const [open] = /^\^?\]?/.exec(this.#text.slice(this.#at)) as RegExpExecArray;
    this.#at += open.length;
    let source = open.startsWith("^") ? "[^" : "[";
    if (open.endsWith("]")) source += "\\]";
    for (;;) {
      const rest = this.#text.slice(this.#at);
      if (rest === "") throw new EreError("a `[` is not closed");
      if (rest.startsWith("]")) break;
      source += this.#bracketItem(rest);
    }
    this.#at += 1;
    return `${source}]`;
  }

  #bracketItem(rest: string): string {
    const [whole, named] = /^\[:(\w*):\]/.exec(rest) ?? [];
    if (whole !== undefined) {
      const members = CLASSES[named as string];
      if (members === undefined) throw new EreError(`there is no class \`${whole}\``);
      this.#at += whole.length;
      return members;
    }
    if (/^\[[.=:]/.test(rest)) throw new EreError(`\`${rest.slice(0, 2)}\` in brackets is not the same on each host`);
    const [slip, letter] = /^\\([dDsSwW])/.exec(rest) ?? [];
    if (slip !== undefined) {
      throw new EreError(`in brackets \`\\\` is a backslash, and \`${slip}\` is not in POSIX`, ESCAPES[letter as string]);
    }
    const [range, from, to] = /^(.)-([^\]])/.exec(rest) ?? [];
    if (range !== undefined && from !== undefined && to !== undefined) {
      if (to === "[") throw new EreError("a range ends in a `[`");
      if (from > to) throw new EreError(`the range \`${range}\` ends before it begins`);
      this.#at += range.length;
      return `${literal(from)}-${literal(to)}`;
    }
    this.#at += 1;
    return literal(rest[0] as string);
  }
}

/** A character that means itself, in brackets and outside of them. */
function literal(character: string): string {
  return /[0-9A-Za-z]/.test(character)
    ? character
    : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
