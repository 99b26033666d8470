// What quotes a text for another language is tested by that language.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { inEachShell, Bench, sh } from "./harness.js";
import { byLabel, LABELS, NASTY, TEXTS } from "./nasty.js";

/** Calls a function of one text for each of them, and puts the results. */
function each(call: string, texts: readonly string[] = TEXTS): string {
  return texts.map((text) => `${call} ${sh(text)}\nput "$RT_REPLY"`).join("\n");
}

/** What the literals are to sqlite3, which reads them as the runtime's does. */
function readBySqlite(literals: readonly string[]): string[] {
  const input = literals.map((literal) => `SELECT hex(CAST(${literal} AS BLOB));\n`).join("");
  const { stdout, stderr } = spawnSync(
    "sqlite3",
    ["-batch", "-bail", "-init", "/dev/null", ":memory:"],
    { input, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  expect(stderr).toBe("");
  return stdout.split("\n").slice(0, -1).map((hex) => Buffer.from(hex, "hex").toString());
}

inEachShell("text", (shell) => {
  it("rt_text_replace replaces every one, as plain text", async () => {
    const cases = [
      ["", "a", "b"],
      ["aaa", "a", "aa"],
      ["aaaa", "aa", "a"],
      ["a*b*c", "*", "?"],
      ["a?b", "?", "*"],
      ["[x]", "[x]", "]"],
      ["\\\\", "\\", "\\\\"],
      ["a&b", "&", "&&"],
      ["none", "x", "y"],
      ["at the end x", "x", ""],
      ["x at the front", "x", ""],
      ["\n\n", "\n", "\\n"],
      ["a'b", "'", "'\\''"],
      ["ß✓ß", "✓", "ß"],
      ["-n -n", "-n", "-e"],
      ["$HOME ~", "$HOME", "`id`"],
    ] as const;
    const lines = cases.map(
      (words) => `rt_text_replace ${words.map(sh).join(" ")}\nput "$RT_REPLY"`,
    );
    expect(await new Bench(shell).values(["text"], lines.join("\n"))).toEqual(
      cases.map(([text, from, to]) => text.replaceAll(from, () => to)),
    );
  });

  it.runIf(findTool("sqlite3"))("rt_text_sql makes a literal that sqlite3 reads back", async () => {
    const literals = await new Bench(shell).values(["text"], each("rt_text_sql"));
    expect(byLabel(readBySqlite(literals))).toEqual(NASTY);
    // Its sqlite3 takes one off a line's end; another may not.
    expect(literals.filter((literal) => literal.includes("\r"))).toEqual([]);
  });

  it("rt_text_shell makes a word that the shell reads back", async () => {
    const lines = TEXTS.map(
      (text) => `rt_text_shell ${sh(text)}\neval "set -- $RT_REPLY end"\nput "$#$1"`,
    );
    const read = await new Bench(shell).values(["text"], lines.join("\n"));
    expect(byLabel(read)).toEqual(byLabel(TEXTS.map((text) => `2${text}`)));
  });

  it("rt_text_json makes a string that JSON.parse reads back", async () => {
    const strings = await new Bench(shell).values(["text"], each("rt_text_json"));
    expect(byLabel(strings.map((string) => JSON.parse(string) as unknown))).toEqual(NASTY);
    // It is one line, and a terminal obeys nothing in it.
    expect(LABELS.filter((_, i) => /[\x00-\x1f\x7f]/.test(strings[i] ?? ""))).toEqual([]);
  });

  it("quotes the same in a C locale", async () => {
    const plain = TEXTS.filter((text) => /^[\0-\x7f]*$/.test(text));
    expect(plain.length).toBeGreaterThan(20);
    const env = { LANG: undefined, LC_ALL: "C" };
    const bench = new Bench(shell);
    const literals = await bench.values(["text"], each("rt_text_sql", plain), { env });
    expect(readBySqlite(literals)).toEqual(plain);
    const strings = await bench.values(["text"], each("rt_text_json", plain), { env });
    expect(strings.map((string) => JSON.parse(string) as unknown)).toEqual(plain);
  });
});
