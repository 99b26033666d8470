import { parse } from "smol-toml";
import { table, type Table, type Value } from "./document.js";
import { inQuotes } from "./generate.js";
import { writeToml } from "./toml-writer.js";

/** The parts of an accepted installer.toml, as they are read. */
interface Accepted {
  readonly installer: Readonly<Record<string, string>>;
  readonly step: readonly AcceptedStep[];
}

interface AcceptedStep {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly depends_on?: string[];
  readonly script?: { readonly interpreter?: string; readonly content?: string };
  readonly checkpoint?: {
    readonly enabled?: boolean;
    readonly rollback?: string;
    readonly state_files?: string[];
    readonly atomic?: boolean;
    readonly snapshot?: boolean;
    readonly irreversible?: boolean;
  };
  readonly verification?: { readonly commands: { readonly cmd: string; readonly expect?: string }[] };
}

/** The steps of an accepted text, with their ids and names as TOML has them. */
export function stepsOf(text: string): { id: string; name: string }[] {
  return accepted(text).step.map(({ id, name }) => ({ id, name }));
}

/** An installer that can be run for real, and what must come of its texts. */
export interface Tame {
  readonly toml: string;
  /** By step: what its log holds when it ran, to the byte. */
  readonly logs: ReadonlyMap<string, string>;
  /** By step: a text that its rollback file holds. */
  readonly rollbacks: ReadonlyMap<string, string>;
}

/**
 * The same installer with all of its data, and commands that do nothing with
 * it: scripts are `:`, or the text that `cat` prints; rollbacks hold the
 * author's text in a here-document; verifications print what is
 * expected, and a line more: at its end, newlines are not told apart.
 */
export function tame(text: string): Tame {
  const { installer, step } = accepted(text);
  const logs = new Map<string, string>();
  const rollbacks = new Map<string, string>();
  const steps = step.map((one) => {
    const script = one.action === "script" ? tameScript(one) : undefined;
    const printed = script?.get("interpreter") === "cat" ? script.get("content") : undefined;
    if (typeof printed === "string" && one.verification === undefined) {
      logs.set(one.id, `${printed.replace(/\n+$/, "")}\n`);
    }
    const checkpoint = tameCheckpoint(one);
    const rollback = checkpoint?.get("rollback");
    if (typeof rollback === "string") rollbacks.set(one.id, rollback);
    return table({
      id: one.id,
      name: one.name,
      action: one.action,
      depends_on: one.depends_on,
      script,
      checkpoint,
      verification: tameVerification(one),
    });
  });
  const known = ["name", "version", "description", "author", "homepage", "license"];
  const head = table(Object.fromEntries(known.map((key) => [key, installer[key]])));
  return { toml: writeToml(table({ installer: head, step: steps })), logs, rollbacks };
}

function accepted(text: string): Accepted {
  return parse(text.replace(/^\uFEFF/, " ")) as unknown as Accepted;
}

function tameScript({ script }: AcceptedStep): Table {
  const { interpreter = "sh", content = "a text of a file\n" } = script ?? {};
  const isSh = interpreter.trim() === "sh";
  return isSh ? table({ content: ":" }) : table({ interpreter: "cat", content });
}

function tameCheckpoint({ checkpoint }: AcceptedStep): Table | undefined {
  if (checkpoint === undefined || checkpoint.enabled === false) return undefined;
  const { rollback, state_files: files = [], atomic, snapshot, irreversible } = checkpoint;
  const held = rollback?.trim() ? inHereDocument(rollback) : undefined;
  return table({
    rollback: held,
    state_files: [...new Set(files.map(ownPath))] as Value[],
    atomic,
    snapshot,
    irreversible,
  });
}

function inHereDocument(text: string): string {
  let end = "TAME";
  while (`\n${text}\n`.includes(`\n${end}\n`)) end += "_";
  return `: <<'${end}'\n${text}\n${end}\n`;
}

/** In the home of the throw-away host, whoever's it was; and not too long. */
function ownPath(path: string): string {
  const [, head, rest = ""] = /^(~|\$HOME|\$\{HOME\}|)(\/[^]*)$/.exec(path) ?? [];
  const parts = rest.split("/").map((part) => [...part].slice(0, 40).join(""));
  return `${head || "~"}/own${parts.slice(0, 12).join("/")}`;
}

function tameVerification({ verification }: AcceptedStep): Table | undefined {
  if (verification === undefined) return undefined;
  const commands = verification.commands.map(({ expect }) =>
    expect ? table({ cmd: printing(expect), expect }) : table({ cmd: ":" }),
  );
  return table({ commands });
}

/** A command; a CR at a line's end would be refused in it, and is a variable. */
function printing(text: string): string {
  const quoted = inQuotes(text).replaceAll("\r", `'"$cr"'`);
  return `cr=$(printf '\\r'); printf '%s\\n.\\n' ${quoted}`;
}
