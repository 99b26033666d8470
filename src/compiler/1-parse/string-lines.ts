/**
 * The offset, in a multi-line string as it is written in TOML (its quotes
 * included), at which a line (from 1) of its value begins. An escaped `\n`
 * begins a line of the value inside a line of the file; a backslash at the end
 * of a line joins lines of the file to one of the value.
 */
export function lineInString(raw: string, line: number): number {
  const basic = raw.startsWith('"""');
  // A line end right behind the opening quotes is no part of the value.
  let at = 3 + (/^\r?\n/.exec(raw.slice(3))?.[0].length ?? 0);
  const end = raw.length - 3;
  let begin = at;
  for (let reached = 1; reached < line && at < end; ) {
    const character = raw[at];
    if (basic && character === "\\") {
      const joined = /^\\[ \t]*\r?\n\s*/.exec(raw.slice(at, end));
      const newline = raw[at + 1] === "n";
      at += joined === null ? 2 : joined[0].length;
      if (!newline) continue;
    } else {
      at += 1;
      if (character !== "\n") continue;
    }
    reached += 1;
    // The last newline ends the last line: there is no line behind it.
    if (at < end) begin = at;
  }
  return begin;
}
