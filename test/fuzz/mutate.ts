import { injection } from "./nasty.js";
import type { Random } from "../setup/random.js";

/**
 * Changes the text of a file somewhere, with no regard to what it means. `other`
 * is a text to take pieces from. Returns bytes: they need not be UTF-8.
 */
export function mutate(random: Random, text: string, other: string): { bytes: Buffer; what: string } {
  const [what, change] = random.weighted(CHANGES);
  const changed = change(random, text, other);
  return { what, bytes: typeof changed === "string" ? Buffer.from(changed) : changed };
}

type Change = (random: Random, text: string, other: string) => string | Buffer;

const CHANGES: readonly (readonly [weight: number, change: readonly [string, Change]])[] = [
  [4, ["bytes flipped", flipBytes]],
  [1, ["characters changed", changeCharacters]],
  [3, ["cut off", (random, text) => text.slice(0, random.below(text.length + 1))]],
  [2, ["lines said twice", (random, text) => onLines(random, text, (line) => [line, line])]],
  [2, ["lines taken out", (random, text) => onLines(random, text, () => [])]],
  [2, ["lines swapped", swapLines]],
  [3, ["spliced", splice]],
  [1, ["lines of another", (random, text, other) => onLines(random, text, () => [random.pick(other.split("\n"))])]],
  [6, ["injected into strings", injectIntoStrings]],
  [1, ["injected anywhere", (random, text) => insert(random, text, injection(random))]],
  [1, ["line ends", (random, text) => text.replaceAll("\n", random.pick(["\r\n", "\r", "\n\n", "\u2028", "\n\r"]))]],
  [1, ["quotes", (random, text) => text.replaceAll('"', random.pick(["'", '"""', ""]))]],
  [1, ["repeated", (random, text) => text.repeat(random.between(2, 4))]],
  [1, ["a long line", (random, text) => insert(random, text, random.pick([..."a =[\"'#{.\\ \n"]).repeat(random.between(500, 50_000)))]],
  [1, ["odd characters", (random, text) => insert(random, text, random.pick(["\0", "\uFEFF", "\u0085", "\u2028", "\x7f", "\ud800", "\u{10ffff}"]))]],
];

function flipBytes(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 0; left--) {
    const at = random.below(bytes.length);
    // Now and then any byte; else a bit of those that leave ASCII ASCII.
    const flip = random.oneIn(4) ? random.below(256) : 1 << random.below(7);
    bytes[at] = (bytes[at] as number) ^ flip;
  }
  return bytes;
}

function changeCharacters(random: Random, text: string): string {
  const signs = [...`[]{}"'=.,#\\ \n\t$\`;&|()<>*?~!%-_019aeintu`];
  const characters = [...text];
  for (let left = random.between(1, 5); left > 0 && characters.length > 0; left--) {
    characters[random.below(characters.length)] = random.pick(signs);
  }
  return characters.join("");
}

/** Some lines, in one place, each become what the function says. */
function onLines(random: Random, text: string, change: (line: string) => string[]): string {
  const lines = text.split("\n");
  const from = random.below(lines.length);
  const until = from + random.between(1, 4);
  return lines.flatMap((line, at) => (at >= from && at < until ? change(line) : [line])).join("\n");
}

function swapLines(random: Random, text: string): string {
  const lines = text.split("\n");
  const [one, other] = [random.below(lines.length), random.below(lines.length)];
  [lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
  return lines.join("\n");
}

/** The beginning of one file and the end of another. */
function splice(random: Random, text: string, other: string): string {
  if (random.oneIn(3)) {
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
  }
  const [first, second] = [text.split("\n"), other.split("\n")];
  const lines = [
    ...first.slice(0, random.below(first.length + 1)),
    ...second.slice(random.below(second.length + 1)),
  ];
  return lines.join("\n");
}

/** Into one, some or all of what looks like a string on a line. */
function injectIntoStrings(random: Random, text: string): string {
  const share = random.pick([1, 3, 8]);
  return text.replace(/(["'])(?:\\.|(?!\1)[^\\\n])*\1/g, (string) => {
    if (!random.oneIn(share)) return string;
    const at = random.between(1, string.length - 1);
    const piece = injection(random);
    const escaped = string.startsWith('"')
      ? JSON.stringify(piece).slice(1, -1)
      : piece.replace(/[\n\r']/g, " ");
    return string.slice(0, at) + escaped + string.slice(at);
  });
}

function insert(random: Random, text: string, piece: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + piece + text.slice(at);
}
