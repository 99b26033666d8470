import { Raw, replace, type Spot, spotsOf, table, takeOut, type Table, type Value } from "./document.js";
import { injection, MISLEADING, nastyText } from "./nasty.js";
import type { Random } from "../setup/random.js";

/**
 * Changes a document in one place, so that it is TOML still and may be wrong:
 * a key renamed, taken out or moved, a value of another type or with text
 * in it that must not be there. Says what it did.
 */
export function corrupt(random: Random, document: Table): string {
  const spots = spotsOf(document);
  if (spots.length === 0) return "nothing";
  const spot = random.pick(spots);
  const [what, change] = random.weighted(CHANGES);
  change(random, spot, document);
  return `${what} at ${String(spot.key)}`;
}

type Change = (random: Random, spot: Spot, document: Table) => void;

const CHANGES: readonly (readonly [weight: number, change: readonly [string, Change]])[] = [
  [2, ["taken out", (_, spot) => takeOut(spot)]],
  [3, ["renamed", rename]],
  [3, ["another type", (random, spot) => replace(spot, otherType(random, spot.value))]],
  [4, ["another text", (random, spot) => replace(spot, otherText(random))]],
  [6, ["injected", inject]],
  [2, ["a key added", addKey]],
  [2, ["said twice", sayTwice]],
  [2, ["moved", move]],
  [2, ["dependencies", depend]],
  [1, ["ids", sameIds]],
];

const KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "",
  " ",
  "a.b",
  "\u0000",
  "\u001b[31m\n",
  "\ud83d\ude80",
  "x".repeat(5000),
  "artifact",
  "packages",
  "progress",
  "distributed",
  "on_failure",
  "dependson",
  "Script",
  "state-files",
  "content",
  "installer",
  "step",
];

function rename(random: Random, { above, key, value }: Spot): void {
  if (!(above instanceof Map)) return;
  const name = String(key);
  const at = random.below(name.length + 1);
  const changed = random.pick([
    name.toUpperCase(),
    name.replaceAll("_", "-"),
    `${name}s`,
    name.slice(0, at) + random.pick([..."abc_-$'"]) + name.slice(at),
    name.slice(0, at) + name.slice(at + 1),
    random.pick(KEYS),
  ]);
  above.delete(name);
  above.set(changed, value);
}

function otherType(random: Random, value: Value): Value {
  return random.pick<Value>([
    0,
    -1.5,
    true,
    false,
    [],
    [[], [[]]],
    table({}),
    table({ id: "a", cmd: "true" }),
    [copied(value)],
    [copied(value), 1],
    table({ a: copied(value) }),
    String(value instanceof Map || Array.isArray(value) ? "true" : value),
    new Raw(random.pick(RAW)),
  ]);
}

/** Values that are no strings, and words that are no values at all. */
const RAW: readonly string[] = [
  "1979-05-27T07:32:00.999999Z",
  "1979-05-27",
  "07:32:00",
  "1979-05-27 07:32",
  "inf",
  "-nan",
  "1e400",
  "0xFFFF_FFFF_FFFF_FFFF",
  "9007199254740993",
  "0o755",
  "1_000",
  "01",
  "1__0",
  "tru",
  "'",
  '"',
  '"\\ud800"',
  '"\\U00110000"',
  '"\\q"',
  '"\\e\\x41"',
  "$(wmcanary)",
  "[1, ",
  "{ a = 1",
  "{ a.b = 1, a = 2 }",
  "'''it's'''''",
  '""""""""',
  "",
];

function otherText(random: Random): Value {
  return random.pick([
    "",
    " ",
    "\n",
    "\0",
    "a\0b",
    "..",
    "~",
    "/",
    "~/..",
    "~user/x",
    "$HOME",
    "/../etc",
    "relative/path",
    "# no commands",
    "\n\t# a\n \n",
    "echo '",
    "if :; then",
    "cat <<E\nx",
    "echo \\",
    "}\nf() {",
    "a\r\nb\r\n",
    "#!/usr/bin/python3\nx",
    "verify",
    "scirpt",
    "apt-install",
    "script.sh",
    "x".repeat(4000),
    `x${random.pick(MISLEADING)}y`,
    "\ud800",
    "1.0\u001b[31m",
    nastyText(random),
  ]);
}

/** A piece of shell, put somewhere into a text that is there. */
function inject(random: Random, spot: Spot): void {
  const { value } = spot;
  if (typeof value !== "string") return;
  const at = random.below(value.length + 1);
  replace(spot, value.slice(0, at) + injection(random) + value.slice(at));
}

function addKey(random: Random, { above, value }: Spot, document: Table): void {
  const to = above instanceof Map ? above : document;
  to.set(random.pick(KEYS), random.oneIn(2) ? copied(value) : otherType(random, value));
}

function sayTwice(random: Random, { above, value }: Spot): void {
  if (above instanceof Map) above.set(`${random.pick(KEYS)}2`, copied(value));
  else above.splice(random.below(above.length + 1), 0, copied(value));
}

function move(random: Random, spot: Spot, document: Table): void {
  takeOut(spot);
  const tables = spotsOf(document).flatMap(({ value }) => (value instanceof Map ? [value] : []));
  const to = tables.length > 0 ? random.pick(tables) : document;
  to.set(String(spot.key), spot.value);
}

function depend(random: Random, _spot: Spot, document: Table): void {
  const steps = stepsOf(document);
  const ids = steps.map((step) => step.get("id")).filter((id) => typeof id === "string");
  if (ids.length === 0) return;
  const odd = ["", "nosuch", "$(wmcanary)", `${ids[0]}x`, String(ids[0]).toUpperCase()];
  for (const step of steps) {
    const some = random.times(random.below(4), () => random.pick([...ids, ...ids, ...odd]));
    step.set("depends_on", some);
  }
}

function sameIds(random: Random, _spot: Spot, document: Table): void {
  const id = random.pick(["a", "A", "b.c", "\u00e9", "-x", "$(wmcanary)", "a/b", "\u001b[31m"]);
  for (const step of stepsOf(document)) {
    step.set("id", random.oneIn(2) ? id : id.toUpperCase());
  }
}

function stepsOf(document: Table): Table[] {
  const steps = document.get("step");
  return Array.isArray(steps) ? steps.filter((one) => one instanceof Map) : [];
}

/** Tables and lists anew: in a document, each stands in one place. */
function copied(value: Value): Value {
  if (Array.isArray(value)) return value.map(copied);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, inner]) => [key, copied(inner)]));
}
