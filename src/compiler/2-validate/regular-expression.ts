/**
 * Why a text is no POSIX extended regular expression that every host's grep
 * takes alike, or undefined where it is one. What POSIX leaves undefined is
 * refused: one grep would take it, and the next one would not.
 */
export function faultOfExpression(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (/[\n\0]/.test(text)) return "it is more than one line";
  let depth = 0;
  // Whether there is something here that a repetition can repeat.
  let atom = false;
  for (let at = 0; at < text.length; at += 1) {
    const rest = text.slice(at);
    const character = rest.charAt(0);
    if (character === "\\") {
      const escaped = rest.charAt(1);
      if (escaped === "") return "it ends in a backslash";
      if (!/[\\^.[\]$()|*+?{}]/.test(escaped)) {
        return `\\${escaped} is not of POSIX: write a bracket expression`;
      }
      at += 1;
      atom = true;
    } else if (character === "[") {
      const length = bracketLength(rest);
      if (length === undefined) return "a [ is not closed";
      at += length - 1;
      atom = true;
    } else if (character === "(") {
      depth += 1;
      atom = false;
    } else if (character === ")" || character === "|") {
      if (!atom) return `there is nothing in front of a ${character}`;
      if (character === ")" && (depth -= 1) < 0) return "a ) has no (";
      atom = character === ")";
    } else if (/[*+?{]/.test(character)) {
      if (!atom) return `there is nothing for a ${character} to repeat`;
      const length = character === "{" ? intervalLength(rest) : 1;
      if (length === undefined) return "a { is no interval, as in {2} or {1,3}";
      at += length - 1;
      atom = false;
      if (/[*+?{]/.test(text.charAt(at + 1))) return "a repetition is repeated";
      atom = true;
    } else if (character === "^") {
      // An anchor cannot be repeated, and may stand alone.
      if (/[*+?{]/.test(rest.charAt(1))) return `there is nothing for a ${rest.charAt(1)} to repeat`;
      atom = true;
    } else {
      atom = true;
    }
  }
  if (depth > 0) return "a ( is not closed";
  return atom ? undefined : "there is nothing behind the last | or (";
}

/** The length of the `[…]` at the start of a text. */
function bracketLength(text: string): number | undefined {
  const found = /^\[\^?(?:\]|(?!\]))(?:\[:[a-z]+:\]|\[\.[^\]]+\.\]|\[=[^\]]+=\]|\[(?![:.=])|[^\][])*\]/.exec(text);
  return found?.[0].length;
}

/** The length of the `{2}`, `{2,}` or `{2,5}` at the start of a text. */
function intervalLength(text: string): number | undefined {
  const found = /^\{(\d{1,3})(?:,(\d{1,3})?)?\}/.exec(text);
  if (found === null) return undefined;
  const [all, least, most] = found;
  const highest = Number(most ?? least);
  // RE_DUP_MAX is 255 at least.
  return highest > 255 || Number(least) > highest ? undefined : all.length;
}
