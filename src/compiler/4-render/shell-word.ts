declare const minted: unique symbol;

/**
 * Text that a POSIX shell reads as exactly one word, or as verbatim commands.
 * Only the functions of this module make one, and the templates take nothing
 * else: no text of an installer.toml reaches the shell by another way.
 */
export class ShellText {
  declare private readonly [minted]: true;
  private constructor(readonly text: string) {}

  /** For this module alone; the constructor is out of everybody's reach. */
  static mint(text: string): ShellText {
    return new ShellText(text);
  }
}

const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_./:@%+,-]*$/;

/** One word of data, whatever it holds. NUL is not possible in a shell. */
export function word(data: string): ShellText {
  if (data.includes("\0")) throw new Error("a shell word cannot hold NUL");
  return ShellText.mint(PLAIN.test(data) ? data : quoted(data));
}

/** One word, quoted also where it need not be: an assignment's value. */
export function quotedWord(data: string): ShellText {
  if (data.includes("\0")) throw new Error("a shell word cannot hold NUL");
  return ShellText.mint(quoted(data));
}

/** Words with blanks between them. */
export function words(data: readonly string[]): ShellText {
  return ShellText.mint(data.map((item) => word(item).text).join(" "));
}

/** A call of a function of ours; its here-document, if it has one, ends in `end`. */
export function call(functionName: string, args: readonly string[], end?: ShellText): ShellText {
  const text = [name(functionName).text, ...args.map((one) => word(one).text)].join(" ");
  return ShellText.mint(end === undefined ? text : `${text} <<'${end.text}'`);
}

/** A word in pieces: values that are quoted, and variables of ours by name. */
export function joined(
  quotedParts: readonly ShellText[],
  variables: readonly ShellText[],
): ShellText {
  return ShellText.mint(
    quotedParts.map(({ text }) => text).join("") + variables.map(({ text }) => `$${text}`).join(""),
  );
}

/** A whole number. */
export function number(value: number): ShellText {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`);
  return ShellText.mint(String(value));
}

/** The tail of a function's or a variable's name. */
export function name(symbol: string): ShellText {
  if (!/^[A-Za-z0-9_]+$/.test(symbol)) throw new Error(`not a name: ${symbol}`);
  return ShellText.mint(symbol);
}

/** Text behind `# `: a line break in it begins another comment line. */
export function comment(data: string): ShellText {
  const lines = data.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const clean = lines.map((line) => line.replace(/[\0-\x08\x0e-\x1f\x7f]/g, "?").trimEnd());
  return ShellText.mint(clean.join("\n# "));
}

/**
 * An author's commands, as they are: what the check phase parses. A text of
 * comments alone gets the command that a function's body must have. The
 * template's own line end stands for the text's last.
 */
export function commands(text: string): ShellText {
  const onlyComments = /^(?:[ \t]*(?:#.*)?\n)*$/.test(text);
  return ShellText.mint(onlyComments ? `${text}:` : withoutLastLineEnd(text));
}

/** Text for a here-document whose delimiter is quoted: nothing expands. */
export function hereText(text: string, delimiter: ShellText): ShellText {
  if (`\n${text}\n`.includes(`\n${delimiter.text}\n`)) {
    throw new Error(`the text holds its own end: ${delimiter.text}`);
  }
  return ShellText.mint(withoutLastLineEnd(text));
}

/** A delimiter that is no line of the text. */
export function delimiter(stem: string, text: string): ShellText {
  let found = stem;
  for (let n = 2; `\n${text}\n`.includes(`\n${found}\n`); n += 1) found = `${stem}_${n}`;
  return name(found);
}

/** What the package itself ships: runtime modules and rendered templates. */
export function own(text: string): ShellText {
  return ShellText.mint(text);
}

function withoutLastLineEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function quoted(data: string): string {
  return `'${data.replaceAll("'", "'\\''")}'`;
}
