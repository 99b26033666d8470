import { Raw, table, type Table, type Value } from "./document.js";
import { CANARY } from "./nasty.js";
import { writeToml } from "./toml-writer.js";

/** A case that somebody thought of: its text, and how it must end. */
export interface Handwritten {
  readonly name: string;
  readonly bytes: Buffer;
  readonly end: "accepted" | "refused";
}

const one = (name: string, end: Handwritten["end"], text: string | Buffer): Handwritten => ({
  name,
  end,
  bytes: Buffer.from(text),
});

const script = (content: Value, more: Record<string, Value> = {}): Table => table({ content, ...more });

/** A file with one step; `more` are keys of the step or instead of them. */
function stepWith(more: Record<string, Value | undefined>, head: Record<string, Value> = {}): string {
  const step = table({ id: "a", name: "A", action: "script", script: script(":"), ...more });
  const installer = table({ name: "hand", version: "1.0", ...head });
  return writeToml(table({ installer, step: [step] }));
}

function steps(all: readonly Record<string, Value | undefined>[]): string {
  const tables = all.map((keys) => table({ name: "x", action: "script", script: script(":"), ...keys }));
  return writeToml(table({ installer: table({ name: "hand", version: "1" }), step: tables }));
}

const HEAD = '[installer]\nname = "hand"\nversion = "1"\n';
const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `s${at}`);

const ENDS = ["WAYMARK_BODY", "WAYMARK_SCRIPT", "WAYMARK_BODY_2", "EOF"];
const AS_DATA = [
  `$(${CANARY})`,
  `'; ${CANARY}; '`,
  `\n${CANARY}\n`,
  `'\r\n${CANARY}\r\n`,
  `'\n${CANARY}\n'`,
  ...ENDS.map((end) => `\n${end}\n${CANARY}\n${end}`),
  `\n}\n${CANARY}\n`,
  `\n.shell ${CANARY}\n`,
  `'\n.shell ${CANARY}\n'`,
  `; rt_nothing `,
  `\nrt_nothing() {\n${CANARY}\n}\n`,
  `\rrt_main\u2028${CANARY}`,
  "\\",
  "\\'",
  "'",
  `"\\"'\\''`,
  "-n",
  "\x01\x02\x7f\x1b[31m",
];

const data = AS_DATA.flatMap((text) => {
  const at = JSON.stringify(text).slice(0, 30);
  return [
    one(`${at} wherever data may stand`, "accepted", withData(text)),
    one(`${at} in an id`, "refused", stepWith({ id: `x$${text}` })),
    one(`${at} in a dependency`, "refused", stepWith({ depends_on: [text] })),
    one(`${at} in an action`, "refused", stepWith({ action: text })),
    one(`${at} in a key`, "refused", stepWith({ [text]: text })),
  ];
});

/** In names, the head, paths, what is expected, and a text that is no shell. */
function withData(text: string): string {
  const content = ENDS.slice(0, 3).map((end) => `${text}\n${end}\n${CANARY}\n${end}`).join("\n");
  const step = { name: `x${text}`, action: "script" };
  return writeToml(table({
    installer: table({ name: "hand", version: "1", description: text, author: text }),
    step: [
      table({ ...step, id: "a", script: script(content, { interpreter: "cat" }) }),
      table({
        ...step,
        id: "b",
        script: script(":"),
        checkpoint: table({ state_files: [`~/x${text}`, `/${text}`] }),
        verification: table({ commands: [table({ cmd: "echo", expect: text })] }),
      }),
    ],
  }));
}

const commands = [
  ["ends in a backslash", "refused", "echo \\"],
  ["closes its function", "refused", `}\n${CANARY}\nx() {`],
  ["opens a here-document", "refused", "cat <<WAYMARK_BODY"],
  ["has a here-document that ends in a brace", "refused", "cat <<}\nx"],
  ["has the ends of waymark's here-documents", "accepted", `cat <<'E'\n${ENDS.join("\n")}\nE`],
  ["names what the runtime names", "accepted", "rt_main() { :; }\n: && rt_other\nrt_die 1"],
  ["is comments but for a word", "accepted", "# a\n:\n# b"],
  ["has a comment with a line separator", "refused", "# a\u2028b"],
  ["is a million blanks", "refused", " ".repeat(1_000_000)],
  ["has a line of a million letters", "accepted", `: ${"x".repeat(1_000_000)}`],
  ["nests two thousand braces", "accepted", `${"{ ".repeat(2000)}:${"; }".repeat(2000)}`],
  ["opens a hundred thousand brackets", "refused", "( ".repeat(100_000)],
  ["has an error with control characters", "refused", "echo (\x1b[31m\x07\n)"],
  ["has an error in a long line of wide letters", "refused", `: ${"\u{1f680}".repeat(300)} )`],
] as const;

const shell = commands.flatMap(([name, end, text]) => [
  one(`a script that ${name}`, end, stepWith({ script: script(text) })),
  one(`a command that ${name}`, end, stepWith({
    verification: table({ commands: [table({ cmd: text })] }),
  })),
]);

const inBash = [
  one("an error with control characters, in bash", "refused", stepWith({
    script: script("echo a )\x1b[31m\x07\n( \x1b[31m", { interpreter: "bash" }),
  })),
  one("an error in a line of a megabyte, in bash", "refused", stepWith({
    script: script(`echo ${"\u{1f680}\t".repeat(200_000)} ( a`, { interpreter: "bash" }),
  })),
];

const toml = [
  one("nothing", "refused", ""),
  one("a byte order mark alone", "refused", "\ufeff"),
  one("blanks and comments", "refused", " \n\t# x\n\r\n"),
  one("a carriage return alone", "refused", "\r"),
  one("bytes that are not UTF-8", "refused", Buffer.from([0x61, 0xff, 0xfe, 0x0a])),
  one("UTF-16", "refused", Buffer.from(`\ufeff${HEAD}`, "utf16le")),
  one("a NUL", "refused", "a = 1\0"),
  one("an escaped half of a pair", "refused", `${HEAD}description = "\\ud800"`),
  one("brackets without end", "refused", `a = ${"[".repeat(100_000)}`),
  one("brackets that all close", "refused", `a = ${"[".repeat(50_000)}${"]".repeat(50_000)}`),
  one("inline tables in each other", "refused", `${"a = {".repeat(5000)}${"}".repeat(5000)}`),
  one("lists of 900 levels where a string is due", "refused", `${HEAD}author = ${"[".repeat(900)}${"]".repeat(900)}\n`),
  one("a key of fifty thousand parts", "refused", `${HEAD}${"a.".repeat(50_000)}a = 1\n`),
  one("a header of twenty thousand parts", "refused", `${HEAD}[${"a.".repeat(20_000)}a]\n`),
  one("a thousand headers of a hundred parts", "refused", `${HEAD}${ids(1000).map((id) => `[${id}.${"a.".repeat(100)}a]\n`).join("")}`),
  one("twenty thousand unknown keys", "refused", HEAD + ids(20_000).map((id) => `${id} = 1\n`).join("")),
  one("a key of a megabyte", "refused", `${HEAD}${"k".repeat(1_000_000)} = 1\n`),
  one("a comment of a megabyte", "accepted", `${stepWith({})}# ${"\u{1f680}".repeat(250_000)}`),
  one("a number of a megabyte", "refused", `${HEAD}author = ${"9".repeat(1_000_000)}`),
  one("a version that is a number", "refused", '[installer]\nname = "a"\nversion = 1.0\nstep = []\n'),
  one("every odd value", "refused", writeToml(table({
    installer: table({ name: new Raw("1979-05-27"), version: new Raw("inf"), author: new Raw("nan") }),
    step: [table({ id: new Raw("0x1F"), name: new Raw("07:32:00"), action: [], script: 1 })],
  }))),
  one("names of JavaScript", "refused", stepWith({ toString: "x", constructor: table({ prototype: 1 }) })),
  one("__proto__", "refused", `${HEAD}[__proto__]\nx = 1\n[[step]]\n__proto__ = { id = "a" }\n`),
  one("ids of JavaScript", "accepted", steps([{ id: "constructor" }, { id: "toString", depends_on: ["constructor"] }])),
  one("steps that are no tables", "refused", `${HEAD}step = [1, "a", [], {}]\n`),
  one("a step that is one table", "refused", `${HEAD}[step]\nid = "a"\n`),
  one("TOML 1.1", "accepted", `step = [{\n id = "a", # x\n name = "\\x41",\n action = "script", script = {content = ":",},\n},]\n${HEAD}author = "\\e\\x41"\n`),
];

const hundred = ids(100);
const graphs = [
  one("five hundred steps in a chain, backwards", "accepted", steps(ids(500).map((id, at) => ({
    id,
    depends_on: at < 499 ? [`s${at + 1}`] : [],
  })))),
  one("each of 300 steps after all before it", "accepted", steps(ids(300).map((id, at) => ({
    id,
    depends_on: ids(at),
  })))),
  one("each of 100 steps after all the others", "refused", steps(hundred.map((id) => ({
    id,
    depends_on: hundred.filter((other) => other !== id),
  })))),
  one("a circle of a thousand", "refused", steps(ids(1000).map((id, at) => ({
    id,
    depends_on: [`s${(at + 1) % 1000}`],
  })))),
  one("a thousand unknown dependencies", "refused", steps(ids(1000).map((id) => ({
    id,
    depends_on: [`${id}x`],
  })))),
  one("a dependency and an id of 100,000 letters", "refused", steps([
    { id: "a".repeat(100_000), depends_on: ["b".repeat(99_000)] },
  ])),
  one("a hundred thousand times the same dependency", "accepted", steps([
    { id: "a" },
    { id: "b", depends_on: Array.from({ length: 100_000 }, () => "a") },
  ])),
  one("five thousand state files in each other", "accepted", stepWith({
    checkpoint: table({ state_files: ids(5000).map((id) => `~/a/${id}`).concat("~/a") }),
  })),
  one("forty scripts that do not parse", "refused", steps(ids(40).map((id) => ({ id, script: script(")") })))),
];

export const handwritten: readonly Handwritten[] = [...data, ...shell, ...inBash, ...toml, ...graphs];
