/** What a shell would run of a text: quoted text and comments are blanked. */
export function shellCode(text: string): string {
  return new Scanner(text).scan();
}

type Mode = "code" | "double";

/**
 * Walks a script once. Characters of quoted text become `_`, those of
 * comments and here-documents become spaces; lines and columns stay.
 */
class Scanner {
  readonly #out: string[] = [];
  readonly #stack: { mode: Mode; depth: number }[] = [{ mode: "code", depth: 0 }];
  /** Here-documents whose text starts at the next line. */
  #pending: { end: string; tabs: boolean }[] = [];
  #at = 0;

  constructor(readonly text: string) {}

  scan(): string {
    while (this.#at < this.text.length) {
      const top = this.#stack.at(-1) ?? { mode: "code" as Mode, depth: 0 };
      if (top.mode === "double") this.#double();
      else this.#code(top);
    }
    return this.#out.join("");
  }

  #code(top: { depth: number }): void {
    const char = this.text[this.#at];
    if (char === "\n") return this.#newline();
    if (char === "\\") return this.#keep(2);
    if (char === "'") return this.#single();
    if (char === '"') return this.#push("double", 1);
    if (char === "#" && this.#startsWord()) return this.#blankTo("\n", " ");
    if (this.text.startsWith("<<", this.#at)) return this.#hereDocument();
    if (char === "(") top.depth++;
    if (char === ")" && top.depth-- === 0) {
      top.depth = 0;
      if (this.#stack.length > 1) this.#stack.pop();
    }
    this.#keep(1);
  }

  #double(): void {
    const char = this.text[this.#at];
    if (char === '"') {
      this.#stack.pop();
      return this.#keep(1);
    }
    if (this.text.startsWith("$(", this.#at)) return this.#push("code", 2);
    // What a parameter is, is code: `"$@"`, `"${x//a/b}"`.
    const parameter = /^\$(\{[^}"]*\}|[@*#?$!\w-])/.exec(this.text.slice(this.#at));
    if (parameter) return this.#keep(parameter[0].length);
    this.#blank(char === "\\" ? 2 : 1, "_");
  }

  #single(): void {
    this.#keep(1);
    this.#blankTo("'", "_");
    this.#keep(1);
  }

  /** Notes a here-document; its text is blanked after this line. */
  #hereDocument(): void {
    const rest = this.text.slice(this.#at);
    const word = /^<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([\w{}.-]+))/.exec(rest);
    if (!word) return this.#keep(2);
    const end = word[2] ?? word[3] ?? word[4] ?? "";
    this.#pending.push({ end, tabs: word[1] === "-" });
    this.#keep(word[0].length);
  }

  #newline(): void {
    this.#keep(1);
    for (const { end, tabs } of this.#pending.splice(0)) {
      while (this.#at < this.text.length) {
        const line = /^[^\n]*/.exec(this.text.slice(this.#at))?.[0] ?? "";
        const ends = (tabs ? line.replace(/^\t+/, "") : line) === end;
        this.#blank(line.length, " ");
        this.#keep(1);
        if (ends) break;
      }
    }
  }

  #startsWord(): boolean {
    return this.#at === 0 || /[\s;&|(]/.test(this.text[this.#at - 1] ?? "");
  }

  #push(mode: Mode, length: number): void {
    this.#keep(length);
    this.#stack.push({ mode, depth: 0 });
  }

  #keep(length: number): void {
    this.#out.push(this.text.slice(this.#at, this.#at + length));
    this.#at += length;
  }

  #blank(length: number, filler: string): void {
    const piece = this.text.slice(this.#at, this.#at + length);
    this.#out.push(piece.replace(/[^\n]/g, filler));
    this.#at += length;
  }

  #blankTo(end: string, filler: string): void {
    const found = this.text.indexOf(end, this.#at);
    this.#blank((found < 0 ? this.text.length : found) - this.#at, filler);
  }
}
