/** Every control character that a shell's word can hold. */
const controls = [...Array(31).keys()].map((n) => String.fromCharCode(n + 1)).join("");

/** 100 KB, as long scripts are: much that is plain, and now and then not. */
const plainLines = `${"plain words with nothing to quote, ".repeat(29)}\n`.repeat(2);
const long = `${plainLines}it's a "line" of \\n, $HOME, \`id\` and\tß✓\n`.repeat(50);

/** Each would betray a missing quote in shell, SQL, JSON or a pattern. */
export const NASTY: Readonly<Record<string, string>> = {
  nothing: "",
  "a blank": " ",
  blanks: "  two  blanks ",
  "a single quote": "'",
  "single quotes": "''it's 'quoted'''",
  "double quotes": '"say ""hi"""',
  "a newline": "\n",
  newlines: "\n\none\n\ntwo\n\n",
  "a carriage return": "\r",
  "line ends of another system": "one\r\ntwo\r\n\r\n\r",
  "a quote at a carriage return": "'\r'\r\n'",
  tabs: "\t\ta\tb\t",
  "control characters": `${controls}\x7f`,
  "control characters between letters": [...controls].join("a"),
  "a backslash": "\\",
  backslashes: "\\\\a\\b\\n\\'\\\"\\\\\\",
  "a backslash and a newline": "a\\\nb\\\n",
  "a backslash and a quote": "\\'\\\"",
  dollars: "$HOME ${HOME} $(echo x) $((1+1)) $1 $$ $",
  backquotes: "`echo x`",
  "a leading dash": "-n",
  "leading dashes": "--help -e",
  globs: "* ? [a-z] [!a] [[:cntrl:]] {a,b}",
  "an open bracket": "[",
  percents: "100% %s %d %% %",
  operators: "; & && | || < > << ( ) { } # ! ~ =",
  "an end of input": "EOF\nEND\n.\n",
  "what sqlite3 takes for its own": "\n.quit\n.print x\n/\ngo\n#\n;\n--\n/*\n",
  SQL: "'); DROP TABLE t; --",
  "SQL's wildcards": "%_'%%'",
  "letters beyond ASCII": "Zürich Zu\u0308rich ✓ 日本語 🚀",
  "a quote among them": "ß'✓'\"🚀\\",
  "text of 100 KB": long,
};

export const LABELS = Object.keys(NASTY);
export const TEXTS = Object.values(NASTY);

/** `{ label: value }`: a comparison then names what differs. */
export function byLabel<T>(values: readonly T[], labels = LABELS): Record<string, T | undefined> {
  return Object.fromEntries(labels.map((label, i) => [label, values[i]]));
}
