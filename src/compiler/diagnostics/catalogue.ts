import type { Severity } from "./diagnostic.js";

/**
 * Every diagnostic that waymark can give: its code, its severity, what it says
 * and what it advises. WM01 is parse, WM02 validate, WM05 check, WM09 files.
 * (Plan has none: what could stop it, validate reports with all the rest.)
 * A code, once published, keeps its meaning; a new one gets a golden case.
 */
const catalogue = {
  WM0101: error((f: { reason: string }) => [`not valid TOML: ${plain(f.reason)}`]),
  WM0102: error((f: { levels: number }) => [
    `tables and lists are nested more than ${f.levels} deep`,
    "an installer needs no more than five levels",
  ]),

  WM0201: error((f: { key: string; table: string }) => [
    `${tick(f.table)} needs the key ${tick(f.key)}`,
  ]),
  WM0202: error((f: { key: string; expected: string; found: string; write?: string }) => [
    `${tick(f.key)} must be ${f.expected}, not ${f.found}`,
    f.write === undefined ? undefined : `write it as ${tick(f.write)}`,
  ]),
  WM0203: error((f: { key: string; table: string; meant?: string; allowed: readonly string[] }) => [
    `unknown key ${tick(f.key)} in ${f.table}`,
    meant(f.meant, `the keys here are ${list(f.allowed)}`),
  ]),
  WM0204: error((f: { what: string }) => [
    `${tick(f.what)} is not supported by this version of waymark`,
    "take it out, or use a version of waymark that has it: ignoring it would change what the installer does",
  ]),
  WM0205: warning((f: { key: string }) => [
    `${tick(f.key)} has no meaning in a standalone script and is ignored`,
  ]),
  WM0206: error((f: { key: string; value: string; meant?: string; allowed: readonly string[] }) => [
    `${tick(f.value)} is no value for ${tick(f.key)}`,
    meant(f.meant, `it can be ${list(f.allowed, "or")}`),
  ]),
  WM0207: error((f: { what: string; value: string; meant?: string }) => [
    `${f.what} ${tick(f.value)} cannot be the name of a file or folder on every host`,
    `use letters, digits, ${tick(".")}, ${tick("_")} and ${tick("-")}, with a letter or digit first, and at most 128 of them` +
      (f.meant === undefined ? "" : `: ${tick(f.meant)}`),
  ]),
  WM0208: error((f: { id: string }) => [
    `the step id ${tick(f.id)} is used twice`,
    "give each step an id of its own",
  ]),
  WM0209: error((f: { id: string; other: string }) => [
    `the step ids ${tick(f.other)} and ${tick(f.id)} differ only in upper and lower case`,
    "rename one: their files would be the same file on macOS and other hosts that ignore case",
  ]),

  WM0210: error((f: { key: string }) => [`${tick(f.key)} is empty`]),
  WM0211: error((f: { key: string; character: string }) => [
    `${tick(f.key)} must be one line of plain text, but holds ${f.character}`,
    "it is shown on the terminal of everyone who runs the installer",
  ]),
  WM0212: error((f: { key: string }) => [
    `${tick(f.key)} holds a NUL character, which no shell can carry`,
    "take the \\u0000 out; a step can make one with printf '\\0'",
  ]),
  WM0213: error((_: object) => [
    "the installer has no steps",
    `add at least one ${tick("[[step]]")} with ${tick("id")}, ${tick("name")} and ${tick("action")}`,
  ]),

  WM0220: error((f: { id: string; step: string; meant?: string }) => [
    `step ${tick(f.step)} depends on ${tick(f.id)}, and there is no such step`,
    meant(f.meant),
  ]),
  WM0221: error((f: { step: string }) => [
    `step ${tick(f.step)} depends on itself`,
    "take it out of its own depends_on",
  ]),
  WM0222: error((f: { cycle: readonly string[] }) => [
    `the steps depend on each other in a circle: ${cycle(f.cycle)}`,
    "take one of these dependencies out: none of these steps could be the first to run",
  ]),
  WM0223: warning((f: { id: string; step: string }) => [
    `step ${tick(f.step)} names its dependency ${tick(f.id)} twice`,
  ]),

  WM0230: error((f: { step: string; action: string; table: string }) => [
    `step ${tick(f.step)} has the action ${tick(f.action)}, but no ${tick(f.table)} table`,
    `add ${tick(f.table)} below the step`,
  ]),
  WM0231: error((f: { step: string }) => [
    `step ${tick(f.step)} has the action ${tick("verify")}, which runs no script`,
    `set action = "script": a script step may have ${tick("[step.verification]")} as well, which then runs after the script`,
  ]),
  WM0232: error((f: { step: string }) => [
    `the script of step ${tick(f.step)} has neither ${tick("content")} nor ${tick("file")}`,
    `write the commands in ${tick("content")}, or name a file that holds them in ${tick("file")}`,
  ]),
  WM0233: error((f: { step: string }) => [
    `the script of step ${tick(f.step)} has both ${tick("content")} and ${tick("file")}`,
    "keep one of them",
  ]),
  WM0234: error((f: { file: string; reason: string }) => [
    `cannot read the file ${tick(f.file)}: ${plain(f.reason)}`,
    "the path is relative to the folder of the installer.toml",
  ]),
  WM0235: error((f: { step: string }) => [
    `the script of step ${tick(f.step)} has no commands`,
    "a step that does nothing on purpose can say `:`",
  ]),
  WM0236: error((f: { what: string; step: string }) => [
    `${f.what} of step ${tick(f.step)} has CRLF line ends: the shell takes the CR for a part of each command`,
    "save the file with LF line ends (with git: put `* text eol=lf` into .gitattributes)",
  ]),
  WM0237: error((f: { step: string }) => [
    `the interpreter of step ${tick(f.step)} is empty`,
    'leave it out for "sh", or name a command, as in "python3" or "/usr/bin/env bash"',
  ]),
  WM0238: warning((f: { step: string; shebang: string; interpreter: string }) => [
    `the script of step ${tick(f.step)} begins with ${tick(f.shebang)}, but runs with ${tick(f.interpreter)}`,
    `set interpreter in ${tick("[step.script]")}: the first line is a comment here`,
  ]),
  WM0239: error((f: { step: string }) => [
    `the verification of step ${tick(f.step)} has an empty list of commands`,
    'add one, as in { cmd = "app --version", expect = "1.0" }, or take the table out',
  ]),

  WM0240: error((f: { step: string }) => [
    `a verification command of step ${tick(f.step)} is empty`,
    "an empty command always succeeds, and so verifies nothing",
  ]),
  WM0241: error((_: object) => [
    "a state file is empty",
    "write its path, or take it out of the list",
  ]),
  WM0242: error((f: { path: string; write: string }) => [
    `the state file ${tick(f.path)} does not say where it is on the host`,
    `begin it with ${tick("/")}, ${tick("~/")} or ${tick("$HOME/")}, as in ${tick(f.write)}`,
  ]),
  WM0243: error((f: { path: string; what: string }) => [
    `the state file ${tick(f.path)} is ${f.what}`,
    "name the files that the step makes: a rollback would restore or remove all that is below",
  ]),
  WM0244: error((f: { path: string }) => [
    `the state file ${tick(f.path)} has a ${tick("..")} in it`,
    "write the path that it stands for: through a symlink it could be any other",
  ]),
  WM0245: warning((f: { path: string; other: string; same: boolean }) => [
    f.same
      ? `the state file ${tick(f.path)} is listed twice`
      : `the state file ${tick(f.path)} is inside ${tick(f.other)}, which is tracked whole`,
    `take one out: ${tick(f.other)} is kept`,
  ]),
  WM0246: error((f: { step: string; action: string; key: string; actions: readonly string[] }) => [
    `step ${tick(f.step)} has the action ${tick(f.action)}, which knows no ${tick(f.key)}`,
    `${tick(f.key)} is for ${list(f.actions, "and")}`,
  ]),
  WM0247: error((f: { step: string; action: string; keys: readonly string[] }) => [
    `step ${tick(f.step)} has the action ${tick(f.action)}, but no ${list(f.keys, "or")}`,
  ]),
  WM0248: error((f: { step: string }) => [
    `step ${tick(f.step)} has both ${tick("content")} and ${tick("source")}`,
    "keep one of them",
  ]),
  WM0249: error((f: { step: string; action: string }) => [
    `step ${tick(f.step)} has the action ${tick(f.action)}, which runs no script`,
    `make the script a step of its own with action = "script"`,
  ]),

  WM0250: warning((f: { step: string; keys: readonly string[] }) => [
    `the checkpoint of step ${tick(f.step)} is not enabled, so ${list(f.keys)} ${f.keys.length === 1 ? "has" : "have"} no effect`,
    "set enabled = true, or take the table out",
  ]),
  WM0251: warning((f: { step: string }) => [
    `step ${tick(f.step)} sets ${tick("snapshot")}, but has no ${tick("state_files")} to take a snapshot of`,
  ]),
  WM0252: warning((f: { step: string }) => [
    `step ${tick(f.step)} is atomic, but there is nothing to undo it with`,
    `give it a ${tick("rollback")}, or list what it changes in ${tick("state_files")}`,
  ]),
  WM0253: warning((f: { step: string }) => [
    `step ${tick(f.step)} is irreversible and has a ${tick("rollback")}`,
    "a rollback stops before an irreversible step: keep one of the two",
  ]),
  WM0254: warning((f: { step: string }) => [
    `the rollback of step ${tick(f.step)} has no commands`,
    "write the commands that undo the step, or take the key out",
  ]),
  WM0255: error((f: { path: string; why: string }) => [
    `the path ${tick(f.path)} ${f.why}`,
    `begin it with ${tick("/")}, ${tick("~/")} or ${tick("$HOME/")}, and name one file or folder of the installer`,
  ]),
  WM0256: error((f: { mode: string }) => [
    `the mode ${tick(f.mode)} is not octal`,
    'write three or four octal digits in quotes, as in "0644" or "755"',
  ]),
  WM0257: error((f: { owner: string }) => [
    `the owner ${tick(f.owner)} is no user`,
    'write a user, or a user and a group, as in "www-data" or "root:wheel"',
  ]),
  WM0258: error((f: { step: string; key: string }) => [
    `the ${tick(f.key)} of step ${tick(f.step)} has a line break in it`,
    `write one line; for more there is action = "block-in-file"`,
  ]),

  WM0260: error((f: { key: string }) => [
    `${tick(f.key)} is an empty list`,
    "name what is required, or take the key out",
  ]),
  WM0261: error((f: { text: string; write?: string }) => [
    `${tick(f.text)} names no system that can be required`,
    meant(f.write, 'write an id, as in "alpine", or one with a version, as in "ubuntu >= 20.04"; the relations are >=, >, =, <= and <'),
  ]),
  WM0262: warning((f: { id: string; meant: string }) => [
    `no system is known to call itself ${tick(f.id)}`,
    meant(f.meant),
  ]),
  WM0263: error((f: { command: string }) => [
    `${tick(f.command)} is not the name of a program`,
    'give each by its name alone, without folder and options, as in ["curl", "tar"]',
  ]),
  WM0264: error((f: { text: string; units: readonly string[]; write?: string }) => [
    `${tick(f.text)} is not a size`,
    meant(f.write, `write a number and a unit, as in "200MB"; the units are ${list(f.units)}`),
  ]),
  WM0265: error((f: { text: string; none: boolean }) => [
    f.none ? `a disk space of ${tick(f.text)} asks for nothing` : `a disk space of ${tick(f.text)} is more than 1000TiB`,
    "write what the installer takes up, as in \"200MB\", or take the key out",
  ]),
  WM0266: warning((f: { key: string; item: string }) => [
    `${tick(f.item)} is in ${tick(f.key)} already`,
    "take one of them out",
  ]),
  WM0267: warning((f: { text: string; wider: string }) => [
    `${tick(f.text)} has no effect: ${tick(f.wider)} is in the list, and one that fits is enough`,
    "take one of them out",
  ]),
  WM0268: warning((f: { id: string; lower: string; upper: string }) => [
    `${tick(f.lower)} and ${tick(f.upper)} together let every ${plain(f.id)} pass: one that fits is enough`,
    "take one of them out, or name the versions themselves",
  ]),

  WM0270: error((f: { key: string; step: string; value: string; meant?: string }) => [
    `${tick(f.value)} is no duration for ${tick(f.key)} of step ${tick(f.step)}`,
    meant(f.meant, 'write hours, minutes and seconds, as in "30s", "10m", "1h" or "1h30m"'),
  ]),
  WM0271: error((f: { key: string; step: string; value: string; least: string; most: string }) => [
    `${tick(f.key)} of step ${tick(f.step)} is ${tick(f.value)}: it can be ${tick(f.least)} to ${tick(f.most)}`,
  ]),
  WM0272: error((f: { step: string; value: number }) => [
    `the retry of step ${tick(f.step)} has a ${tick("count")} of ${f.value}: it must be a whole number from 1 to 100`,
    "it counts all tries, the first one included",
  ]),
  WM0273: error((f: { step: string; value: string }) => [
    `${tick(f.value)} is no ${tick("jitter")} for step ${tick(f.step)}`,
    'write true, false, or a percentage from "0%" to "100%"',
  ]),
  WM0274: error((f: { step: string }) => [
    `step ${tick(f.step)} has both ${tick("[step.retry]")} and ${tick("[step.timing.retry]")}`,
    "they are two spellings of one table: keep one of them",
  ]),
  WM0275: warning((f: { step: string }) => [
    `the retry of step ${tick(f.step)} has a ${tick("count")} of 1, so nothing is tried again`,
    "it counts all tries, the first one included",
  ]),
  WM0276: warning((f: { step: string }) => [
    `step ${tick(f.step)} is to be undone when it fails, but there is nothing to undo it with`,
    `give it a ${tick("[step.checkpoint]")} with a ${tick("rollback")} or ${tick("state_files")}`,
  ]),
  WM0277: warning((f: { step: string }) => [
    `step ${tick(f.step)} is to keep its state when a failure undoes it, but has no ${tick("state_files")} to keep`,
    "list what it changes in state_files, or take preserve_state out",
  ]),

  WM0280: error((f: { key: string }) => [
    `${tick(f.key)} is empty`,
    "write what is asked, or take the key out",
  ]),
  WM0281: warning((f: { step: string; table: string }) => [
    `the ${tick(f.table)} of step ${tick(f.step)} have no condition`,
    "write one, or take the table out",
  ]),
  WM0282: error((f: { key: string; path: string }) => [
    `the path ${tick(f.path)} of ${tick(f.key)} does not say where it is on the host`,
    `begin it with ${tick("/")}, ${tick("~/")} or ${tick("$HOME/")}`,
  ]),
  WM0283: error((f: { value: string }) => [
    `${tick(f.value)} is no value for ${tick("file_mode")}`,
    `write a mode in octal, as in ${tick("755")}, or a path and its mode, as in ${tick("/etc/app.conf:644")}`,
  ]),
  WM0284: error((f: { mode: string }) => [
    `the mode ${tick(f.mode)} is for no file`,
    `name the file in ${tick("file_exists")} of the same table, or write it as ${tick("PATH:MODE")}`,
  ]),
  WM0285: error((f: { name: string; value: string; reason: string; write?: string }) => [
    `${tick(f.value)}, which ${tick(f.name)} is to match, is no POSIX extended regular expression: ${plain(f.reason)}`,
    f.write !== undefined ? `write ${tick(f.write)}` : `it is what ${tick("grep -E")} takes, and matches anywhere in the value: ${tick("^")} and ${tick("$")} hold it to the ends`,
  ]),
  WM0286: error((f: { key: string; value: string }) => [
    `${tick(f.value)} is no name for ${tick(f.key)}`,
    f.key === "user" || f.key === "group"
      ? `write a name of letters, digits, ${tick(".")}, ${tick("_")} and ${tick("-")}, or ${tick("${NAME}")} for one of the environment`
      : `write one name of letters, digits, ${tick(".")}, ${tick("_")}, ${tick("-")} and the like; several go in a list`,
  ]),
  WM0287: error((f: { name: string }) => [
    `${tick(f.name)} cannot be the name of a variable`,
    `use letters, digits and ${tick("_")}, with no digit first`,
  ]),

  WM0290: error((f: { name: string; meant?: string }) => [
    `${tick(f.name)} is no name of a variable`,
    `use letters, digits and ${tick("_")}, with no digit first` +
      (f.meant === undefined ? "" : `: ${tick(f.meant)}`),
  ]),
  WM0291: error((f: { name: string; read: boolean }) => [
    f.read
      ? `${tick(f.name)} cannot be read from the environment: the script or its shell sets it`
      : `${tick(f.name)} cannot be set: the script or one of the shells that run it needs it as it is`,
    f.read ? "name another variable" : "choose another name; a step can set it in its own commands",
  ]),
  WM0292: error((f: { validate: string; reason: string; write?: string }) => [
    `${tick(f.validate)} is no POSIX extended regular expression: ${plain(f.reason)}`,
    f.write === undefined
      ? `each host's ${tick("grep -E")} must read it; ${tick("semver")} stands for a version`
      : `write ${tick(f.write)}`,
  ]),
  WM0293: error((f: { name: string; value: string | undefined; validate: string }) => [
    f.value === undefined
      ? `the default of ${tick(f.name)} does not match its own ${tick("validate")}`
      : `the default of ${tick(f.name)}, ${tick(f.value)}, does not match its own ${tick("validate")}, ${tick(f.validate)}`,
    "the whole value must match, on one line",
  ]),
  WM0294: warning((f: { name: string }) => [
    `${tick(f.name)} is required and has a default, so it is never missing`,
    "take one of the two out",
  ]),
  WM0295: error((f: { name: string }) => [
    `nothing can give the secret ${tick(f.name)} a value: it has no ${tick("from_env")}`,
    `write from_env = true: ${tick("--set")} takes no secret, since the command line is shown by ps`,
  ]),
  WM0296: warning((f: { name: string }) => [
    `the default of the secret ${tick(f.name)} is no secret: it stands in install.sh`,
    "take it out, and set required = true where a value is needed",
  ]),
  WM0297: error((_: object) => [
    `${tick("from_env")} is an empty list`,
    "name a variable of the caller's environment, or take the key out",
  ]),
  WM0298: error((f: { name: string }) => [
    `${tick(f.name)} is a secret of the installer, and what a step exports is kept in the store`,
    "choose another name",
  ]),
  WM0299: warning((f: { name: string }) => [`${tick(f.name)} is listed twice`]),

  WM0501: error((f: { what: string; shell: string; reason: string }) => [
    `${f.shell} cannot parse ${f.what}: ${plain(f.reason)}`,
  ]),
  WM0502: error((f: { what: string }) => [
    `${f.what} does not end where its text ends`,
    "close its last here-document, or take away the backslash that continues its last line",
  ]),
  WM0503: warning((f: { shell: string; reason: string }) => [
    `the script was not checked with ${tick(`${f.shell} -n`)}: ${plain(f.reason)}`,
  ]),

  WM0901: error((f: { path: string; reason: string }) => [
    `cannot read ${plain(f.path)}: ${plain(f.reason)}`,
  ]),
  WM0902: error((f: { path: string; reason: string }) => [
    `cannot write ${plain(f.path)}: ${plain(f.reason)}`,
  ]),
} satisfies Record<string, Entry<never>>;

export type Code = keyof typeof catalogue;

/** What the wording of a code needs to know. */
export type Facts<C extends Code> = Parameters<(typeof catalogue)[C]["say"]>[0];

export const codes = Object.keys(catalogue) as Code[];

/** The severity and the words of a diagnostic. */
export function describe<C extends Code>(
  code: C,
  facts: Facts<C>,
): { severity: Severity; message: string; help?: string } {
  const { severity, say } = catalogue[code] as Entry<Facts<C>>;
  const [message, help] = say(facts);
  return { severity, message, ...(help === undefined ? {} : { help }) };
}

interface Entry<F> {
  readonly severity: Severity;
  readonly say: (facts: F) => Wording;
}

type Wording = readonly [message: string, help?: string | undefined];

function error<F>(say: (facts: F) => Wording): Entry<F> {
  return { severity: "error", say };
}

function warning<F>(say: (facts: F) => Wording): Entry<F> {
  return { severity: "warning", say };
}

/** An author's words in a message: whole and harmless on a terminal. */
function tick(text: string): string {
  return `\`${plain(text)}\``;
}

function plain(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 117).replace(HALF, "")}...` : text;
  return short.replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu, escaped);
}

/** The first half of a character that was cut in two. */
const HALF = /[\ud800-\udbff]$/;

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function list(words: readonly string[], joint: "and" | "or" = "and"): string {
  const ticked = words.map(tick);
  const last = ticked.pop() ?? "none";
  return ticked.length === 0 ? last : `${ticked.join(", ")} ${joint} ${last}`;
}

function meant(word: string | undefined, otherwise?: string): string | undefined {
  return word === undefined ? otherwise : `did you mean ${tick(word)}?`;
}

/** `a -> b -> a`, with the middle of a long one left out. */
function cycle(ids: readonly string[]): string {
  const names = ids.map(plain);
  if (names.length <= 12) return names.join(" -> ");
  const hidden = names.length - 10;
  return [...names.slice(0, 6), `(${hidden} more)`, ...names.slice(-4)].join(" -> ");
}
