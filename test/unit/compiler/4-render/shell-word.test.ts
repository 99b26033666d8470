// Whatever is data stays data: read back by the shells themselves.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  ShellText,
  commands,
  comment,
  delimiter,
  hereText,
  name,
  number,
  own,
  quotedWord,
  word,
  words,
} from "../../../../src/compiler/4-render/shell-word.js";
import { byLabel, LABELS, NASTY, TEXTS } from "../../../runtime/nasty.js";
import { type Shell, shells } from "../../../setup/shells.js";
import { findTool } from "../../../setup/tools.js";

/** Runs a script in one shell, and gives back what it printed between NULs. */
function run(shell: Shell, script: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "waymark-words-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "script.sh");
  writeFileSync(file, `put() { printf '%s\\000' "$1"; }\n${script}\nput end\n`);
  const [command, ...args] = shell.command;
  const { stdout, stderr, status } = spawnSync(findTool(command) ?? command, [...args, file], {
    encoding: "utf8",
    cwd: folder,
    env: { PATH: process.env.PATH, LANG: "C.UTF-8" },
    timeout: 20_000,
    maxBuffer: 1 << 26,
  });
  const values = stdout.split("\0").slice(0, -1);
  expect({ stderr, status, last: values.at(-1) }).toEqual({ stderr: "", status: 0, last: "end" });
  return values.slice(0, -1);
}

describe.each(shells.map((shell) => [shell.name, shell] as const))("read by %s", (_, shell) => {
  test("word: one word, as it was", () => {
    const lines = TEXTS.map((text) => `set -- ${word(text).text} end; put "$#$1"`);
    expect(byLabel(run(shell, lines.join("\n")))).toEqual(byLabel(TEXTS.map((text) => `2${text}`)));
  });

  test("quotedWord: an assignment's value, as it was", () => {
    const lines = TEXTS.map((text) => `x=${quotedWord(text).text}\nput "$x"`);
    expect(byLabel(run(shell, lines.join("\n")))).toEqual(NASTY);
  });

  test("words: each a word, empty ones too", () => {
    const lines = `set -- ${words(["", ...TEXTS, ""]).text}\nput "$#"\nfor x; do put "$x"; done`;
    expect(run(shell, lines)).toEqual([`${TEXTS.length + 2}`, "", ...TEXTS, ""]);
  });

  test("hereText: bytes of a file, with an end that is none of its lines", () => {
    const texts = [
      ...TEXTS.map((text) => `${text}\n`),
      "END\n",
      "END\nEND_2\n END\nEND \n",
      "\tEND\n\\END\n'END'\n",
      "END\r\n",
      "last\\\n",
    ];
    const lines = texts.map((text, i) => {
      const end = delimiter("END", text);
      return `cat >${i} <<'${end.text}'\n${hereText(text, end).text}\n${end.text}\nput "$(cat ${i} && echo .)"`;
    });
    expect(run(shell, lines.join("\n"))).toEqual(texts.map((text) => `${text}.`));
  });

  test("comment: nothing of it is run", () => {
    const breaks = ["\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029", "\\\n", "'\n", "\x1b[2K\n", "`\n", "$(\n"];
    const texts = [...breaks.map((end) => `a${end}put run; exit 9${end}`), ...TEXTS];
    const lines = texts.map((text) => `# ${comment(text).text}`);
    expect(run(shell, lines.join("\n"))).toEqual([]);
  });

  test("commands: as a function's body", () => {
    const texts = [
      ["put one\n", "one"],
      ["put one # and a comment\n", "one"],
      ["# a comment alone\n", ""],
      ["# a comment\n\n\t# and another\n", ""],
      ["\n\n", ""],
      ["", ""],
      ["put 'a\\'\n# end \\\n", "a\\"],
      ["put \"$(cat <<'X'\ntext\nX\n)\"\n", "text"],
      ["cat <<'X' >x\ntext\nX\nput \"$(cat x)\"\n", "text"],
    ] as const;
    const lines = texts.map(([text], i) => `f${i}() {\n${commands(text).text}\n}\nf${i}`);
    expect(run(shell, lines.join("\n"))).toEqual(texts.map(([, out]) => out).filter(Boolean));
  });
});

describe("word", () => {
  test.each(["a", "1.0", "a_b-c", "x/y.z", "100%", "a:b@c,d+e"])("%j needs no quotes", (text) => {
    expect(word(text).text).toBe(text);
  });

  test.each(["", "-n", "~", "~root", "=x", "a=b", "a b", "*", "#", "a#b", "!", "{a}", "é", "a\n", "$x"])(
    "%j is quoted",
    (text) => {
      expect(word(text).text).toMatch(/^'[^]*'$/);
    },
  );

  test("has every word of quotes alone", () => {
    expect(word("''").text).toBe(String.raw`''\'''\'''`);
    expect(quotedWord("plain").text).toBe("'plain'");
  });

  test("refuses NUL, which no shell can hold", () => {
    for (const mint of [word, quotedWord, (text: string) => words(["a", text])]) {
      expect(() => mint("a\0b")).toThrow(/NUL/);
    }
  });
});

describe("comment", () => {
  test("begins each line of it with a hash", () => {
    expect(comment("a\nb\r\nc\rd\u2028e").text).toBe("a\n# b\n# c\n# d\n# e");
  });

  test("shows no control character, and no blank at a line's end", () => {
    const all = [...Array(0x21).keys(), 0x7f].map((n) => String.fromCharCode(n)).join("");
    expect(comment(all).text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
    expect(comment("a  \nb\t\n").text).toBe("a\n# b\n# ");
    expect(comment("\x1b[31mred").text).toBe("?[31mred");
  });

  test("leaves each text of one line as it is", () => {
    const plain = LABELS.filter((label) => !/[\x00-\x1f\x7f]|\s$/.test(NASTY[label] ?? ""));
    expect(plain.length).toBeGreaterThan(8);
    for (const label of plain) expect(comment(NASTY[label] ?? "").text).toBe(NASTY[label]);
  });
});

describe("delimiter", () => {
  test.each([
    ["", "END"],
    ["x\nENDS\nEND x\n xEND\n", "END"],
    ["END", "END_2"],
    ["END\n", "END_2"],
    ["a\nEND\nb\nEND_2", "END_3"],
    ["END_2\n", "END"],
  ])("of %j is %s", (text, end) => {
    expect(delimiter("END", text).text).toBe(end);
  });

  test("of an end that the text has, hereText refuses", () => {
    for (const text of ["END", "END\n", "a\nEND\nb", "\n\nEND"]) {
      expect(() => hereText(text, word("END"))).toThrow(/its own end/);
    }
  });
});

describe("numbers and names", () => {
  test.each([0, 1, -7, 2 ** 53 - 1])("%d is a number", (value) => {
    expect(number(value).text).toBe(String(value));
  });

  test.each([1.5, Number.NaN, Infinity, 2 ** 53, "1; x" as unknown as number])("%s is none", (value) => {
    expect(() => number(value)).toThrow(/whole number/);
  });

  test.each(["a", "_", "1_0", "aB_9"])("%s is a name's tail", (symbol) => {
    expect(name(symbol).text).toBe(symbol);
  });

  test.each(["", "a-b", "a b", "a\n", "\na", "a.b", "é", "a;b", "$x"])("%j is none", (symbol) => {
    expect(() => name(symbol)).toThrow(/not a name/);
  });
});

test("only this module's functions make a ShellText", () => {
  const minted = [word("a"), quotedWord("a"), words(["a"]), number(1), name("a"), comment("a")];
  minted.push(commands("a\n"), hereText("a\n", word("END")), delimiter("END", "a"), own("a"));
  for (const text of minted) expect(text).toBeInstanceOf(ShellText);
  expect({ text: "a" }).not.toBeInstanceOf(ShellText);
});
