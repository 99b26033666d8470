// The fuzz test itself: what it could overlook would make it worthless. Faults
// are put in front of each of its parts, and must be told of.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, onTestFinished, test } from "vitest";
import { campaign, summaryOf } from "./campaign.js";
import { type Case, caseOf } from "./cases.js";
import { corrupt } from "./corrupt.js";
import { Raw, type Table, type Value } from "./document.js";
import { installer } from "./generate.js";
import { handwritten } from "./handwritten.js";
import { Host } from "./host.js";
import { judge } from "./judge.js";
import { minimised } from "./minimise.js";
import { CANARY } from "./nasty.js";
import { probe, run } from "./probe.js";
import { Random } from "../setup/random.js";
import { tame } from "./tame.js";
import { writeToml } from "./toml-writer.js";
import type { Reply } from "./workers.js";

const SH = { key: "sh", name: "sh", command: ["sh"] } as const;
const TOML = '[installer]\nname = "x"\nversion = "1"\n[[step]]\nid = "a"\nname = "A"\naction = "verify"\n';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-fuzz-own-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a campaign says of one text, with this module instead of the compiler. */
async function failuresOf(module: string, toml = TOML, limitMs = 60_000): Promise<string> {
  const file = join(newFolder(), "worker.mjs");
  writeFileSync(file, module);
  const one: Omit<Case, "number"> = { bytes: Buffer.from(toml), origin: "a test", probed: true };
  const result = await campaign({
    seed: 7,
    count: 2,
    caseOf: (_, number) => ({ ...one, number }),
    worker: { module: file, limitMs },
  });
  expect(result.cases).toBe(2);
  return result.failures.join("\n\n");
}

const answering = (reply: object, more = ""): string =>
  `import { writeFileSync } from "node:fs";
process.on("disconnect", () => process.exit(0));
process.on("message", ({ toml, output }) => { ${more}; process.send(${JSON.stringify(reply)}); });`;

const ACCEPTED = { end: "accepted", count: 0, diagnostics: [], shown: "", sameInColor: true };

test("a case is made of the seed and its number alone", () => {
  const first = handwritten.length;
  const some = (seed: number): string[] => [0, 5, 99].map((more) => caseOf(seed, first + more).bytes.toString("latin1"));
  expect(some(1)).toEqual(some(1));
  expect(some(1)).not.toEqual(some(2));
  expect(new Set(some(1)).size).toBe(3);
  expect(caseOf(1, 3)).toEqual(caseOf(2, 3));
});

test("what is written in TOML is what TOML has", () => {
  for (let number = 0; number < 400; number++) {
    const random = new Random(3, number);
    const document = installer(random);
    const written = writeToml(document, random);
    expect(parse(written.replace(/^\uFEFF/, "")), `case ${number}:\n${written}`).toEqual(plain(document));
  }
});

test("what is spoilt differs from what it was", () => {
  const random = new Random(3, 1);
  const before = installer(random);
  const changed = Array.from({ length: 50 }, (_, number) => {
    const document = installer(new Random(3, 1));
    corrupt(new Random(4, number), document);
    return writeToml(document) !== writeToml(before);
  });
  expect(changed.filter(Boolean).length).toBeGreaterThan(35);
});

/** As a reader of TOML gives it. */
function plain(value: Value): unknown {
  if (value instanceof Raw) throw new Error("no value");
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  const table: Table = value;
  return Object.fromEntries([...table].map(([key, inner]) => [key, plain(inner)]));
}

test("a compiler that loops is killed, with what it started, and told of", async () => {
  const told = await failuresOf(answering({}, "for (;;);"), TOML, 1_000);
  expect(told).toContain("seed 7, case 0 (a test): hang\n");
  expect(told).toContain(JSON.stringify(TOML));
  expect(told).toContain("again: npm run fuzz -- --seed 7 --case 1");
  const waiting = 'import { spawnSync } from "node:child_process";';
  expect(await failuresOf(waiting + answering({}, 'spawnSync("sleep", ["87661"])'), TOML, 1_000)).toContain("hang");
});

test("a compiler that dies is told of, with its last words", async () => {
  expect(await failuresOf(answering({}, 'console.error("I die"); process.exit(3)'))).toMatch(/death\n.*exit 3\nI die/);
  expect(await failuresOf(answering({}, "process.abort()"))).toContain("SIGABRT");
});

test("what is left over, run or wrong at compile time is told of", async () => {
  const refused = { ...ACCEPTED, end: "refused", count: 1, diagnostics: [], shown: "x" };
  const litter = 'writeFileSync(process.env.TMPDIR + "/litter", "")';
  expect(await failuresOf(answering(refused, litter))).toContain("left in its TMPDIR: litter");
  const spawning = 'import { execSync } from "node:child_process";';
  expect(await failuresOf(spawning + answering(refused, `execSync("${CANARY} x")`))).toContain("while it was compiled: ");
  const broken = 'writeFileSync(output, "if"); writeFileSync(output + ".body", ":")';
  expect(await failuresOf(answering(ACCEPTED, broken))).toContain("`sh -n` does not accept the script");
  const crashed = { end: "crashed", stack: "Error: no\n    at x" };
  expect(await failuresOf(answering(crashed))).toContain("crash\nError: no");
});

test("a failure is shown with the smallest text that fails", async () => {
  const crash = 'if (toml.includes("WM")) return process.send({ end: "crashed", stack: "Error: WM" })';
  const told = await failuresOf(answering({ ...ACCEPTED, end: "refused", count: 9 }, crash), `${TOML}# a WM\n${TOML}`);
  expect(told).toContain('made smaller (2 bytes), as JSON:\n"WM"\n');
  const shrunk = await minimised(Buffer.from("one\ntwo\nthree"), async (text) => text.includes("w"));
  expect(shrunk.toString()).toBe("w");
});

const place = { path: "installer.toml", span: { start: { offset: 1, line: 1, column: 2 }, end: { offset: 2, line: 1, column: 3 } }, text: undefined };
const sound = { code: "WM0210", severity: "error", message: "m", place, related: [] };

test.each<[string, object, object]>([
  ["not in the catalogue", { code: "WM0999" }, {}],
  ["a control character", { message: "a\x1b[31m" }, {}],
  ["a control character", { help: "a\nb" }, {}],
  ["a control character", { message: "\ud83d" }, {}],
  ["it says nothing", { message: " " }, {}],
  ["too long to read", { message: "x".repeat(3000) }, {}],
  ["no place", { place: undefined }, {}],
  ["not in the file", { place: at({ offset: 99, line: 1, column: 100 }) }, {}],
  ["not in the file", { place: at({ offset: 1, line: 2, column: 2 }) }, {}],
  ["not in the file", { place: at({ offset: 1, line: 1, column: 1 }) }, {}],
  ["not in the file", { place: at({ offset: -1, line: 1, column: 0 }) }, {}],
  ["not in the file", { related: [{ message: "x", place: at({ offset: 99, line: 1, column: 100 }) }] }, {}],
  ["end is before its start", { place: at({ offset: 3, line: 2, column: 1 }) }, {}],
  ["no diagnostic is an error", { severity: "warning" }, {}],
  ["a control character is shown", {}, { shown: "a\tb" }],
  ["another text", {}, { sameInColor: false }],
  ["nothing is shown", {}, { shown: "" }],
  ["a stack trace", {}, { shown: "x\n    at y" }],
  ["a line of 3000", {}, { shown: "x".repeat(3000) }],
  ["accepted with WM0210", {}, { end: "accepted" }],
])("a fault is found: %s", (fault, diagnostic, reply) => {
  const told = { end: "refused", count: 1, shown: "x", sameInColor: true, diagnostics: [{ ...sound, ...diagnostic }], ...reply };
  const faults = judge(told as Reply, Buffer.from("ab\ncd\n"));
  expect(faults.map(({ kind, detail }) => `${kind} ${detail}`).join("\n")).toContain(fault);
  expect(judge({ ...told, ...{ end: "refused", shown: "x", sameInColor: true }, diagnostics: [sound] } as Reply, Buffer.from("ab\n"))).toEqual([]);
});

test("bytes that are no text must be refused as such", () => {
  const bytes = Buffer.from([0x61, 0xff]);
  const told = (code: string): Reply => ({ ...ACCEPTED, end: "refused", count: 1, shown: "x", diagnostics: [{ ...sound, code, place: undefined }] }) as unknown as Reply;
  expect(judge(told("WM0901"), bytes)).toEqual([]);
  expect(judge(told("WM0101"), bytes)[0]?.kind).toBe("no text");
  expect(judge(ACCEPTED as unknown as Reply, bytes)[0]?.kind).toBe("no text");
});

function at(start: object): object {
  return { ...place, span: { ...place.span, start } };
}

/** What is seen of a script that answers in this way. */
async function seen(script: string, how: "asked" | "run"): Promise<string> {
  const folder = newFolder();
  const host = new Host(join(folder, "host"));
  const file = join(folder, "install.sh");
  writeFileSync(file, script.replaceAll("@DIR@", folder));
  mkdirSync(join(folder, "logs"));
  const quiet = tame(TOML.replace("verify", "script") + '[step.script]\ninterpreter = "cat"\ncontent = "text"\n');
  const faults = how === "asked" ? probe(host, SH, file, TOML) : run(host, SH, file, quiet);
  return (await faults).map(({ kind, detail }) => `${kind}: ${detail}`).join("\n");
}

const ANSWERS = `case "$*" in
"plan --json") echo '{"event":"plan_step","step":"a"}' ;;
"status --json") echo '{"dir":"@DIR@","steps":[{"id":"a","name":"A"}]}' ;;
*) echo x ;;
esac
`;

test.each([
  ["data ran", `${CANARY} it`],
  ["data ran", `>${CANARY}-file`],
  ["a verb failed", "exit 1"],
  ["changed something: sh: + home/x", ": >~/x"],
  ["changed something: sh: + stand/x", ": >x"],
  ["changed something: sh: + tmp/x", ': >"$TMPDIR/x"'],
  ["a text changed: sh install.sh version: no answer", "exit"],
  ["a text changed: sh install.sh status --json: no JSON", "[ $1 != status ] || exec echo {"],
  ["a text changed: sh install.sh plan --json: ids: a\nb", `[ "$2" = --json ] && [ $1 = plan ] && echo '{"step":"b"}'`],
  ["ids and names", `[ "$*" = "status --json" ] && { echo '{"steps":[{"id":"a","name":"A "}]}'; exit; }`],
])("of a script that is asked: %s, by %s", async (fault, line) => {
  expect(await seen(`${line}\n${ANSWERS}`, "asked")).toContain(fault);
  expect(await seen(ANSWERS, "asked")).toBe("");
});

test.each([
  ["data ran", CANARY],
  ["data ran", `mkdir -p ~/.local; : >~/.local/${CANARY}-file`],
  ["a tame run failed: sh install.sh run", "[ $1 != run ] || exit 1"],
  ["a tame run failed: sh install.sh rollback --full", "[ $1 != rollback ] || exit 1"],
  ["a tame run left something: sh: + home/x", ": >~/x"],
  ["a tame run left something: sh: + tmp/x", ': >"$TMPDIR/x"'],
  ["the text of a did not arrive whole", "rm @DIR@/logs/a.1.log"],
])("of a script that is run: %s, by %s", async (fault, line) => {
  const logged = "echo text >@DIR@/logs/a.1.log\n";
  expect(await seen(`${logged}${line}\n${ANSWERS}`, "run")).toContain(fault);
  expect(await seen(logged + ANSWERS, "run")).toBe("");
});

test("a tame installer has all of the data, and no command", () => {
  const random = new Random(5, 1);
  for (let left = 60; left > 0; left--) {
    const before = installer(random);
    const steps = before.get("step") as Table[];
    const { toml } = tame(writeToml(before));
    const after = parse(toml) as unknown as { step: Record<string, unknown>[] };
    expect(after.step.map(({ id, name }) => [id, name])).toEqual(steps.map((step) => [step.get("id"), step.get("name")]));
    const scripts = after.step.map((step) => step["script"] as Record<string, string> | undefined);
    for (const script of scripts) expect([undefined, ":", script?.["interpreter"] === "cat" && script["content"]]).toContain(script?.["content"]);
  }
});

test("a fault of its own is told of with the seed and the case", async () => {
  const make = (_: number, number: number): Case => {
    if (number === 1) throw new Error("no case");
    return { number, bytes: Buffer.from(TOML), origin: "a test", probed: false };
  };
  const { failures, cases } = await campaign({ seed: 7, count: 3, caseOf: make });
  expect(cases).toBe(2);
  expect(failures).toEqual([expect.stringContaining("seed 7, case 1: the fuzz test itself failed: Error: no case")]);
});

test("a summary has the numbers", () => {
  const numbers = { cases: 10, accepted: 3, refused: 7, probed: 2, ran: 1, seconds: 4 };
  const told = summaryOf({ seed: 1, ...numbers, codes: new Set(["WM0101"]), failures: [] });
  expect(told).toBe("fuzz: 10 cases (seed 1): 3 accepted, 7 refused with 1 distinct codes; 2 scripts asked, 1 run; 4 s");
});
