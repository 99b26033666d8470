import { table, type Table, type Value } from "./document.js";
import { CANARY, MISLEADING, nastyLine, nastyText } from "./nasty.js";
import type { Random } from "../setup/random.js";

/**
 * An installer that is right by all rules of the README, and nasty in all that
 * the rules leave open.
 */
export function installer(random: Random): Table {
  const ids = idsOf(random);
  const order = random.shuffled(ids);
  return table({
    installer: table({
      name: random.oneIn(3) ? idOf(random) : "fuzz",
      version: random.oneIn(2) ? "1.0.0" : plain(nastyLine(random)),
      description: random.oneIn(2) ? readable(nastyText(random)) : undefined,
      author: random.oneIn(4) ? readable(nastyText(random)) : undefined,
      homepage: random.oneIn(4) ? nastyLine(random) : undefined,
      license: random.oneIn(4) ? nastyLine(random) : undefined,
    }),
    step: ids.map((id) => step(random, id, order.slice(0, order.indexOf(id)))),
  });
}

/** Distinct ids, also without regard to case. */
function idsOf(random: Random): string[] {
  const count = random.weighted([
    [30, 1],
    [30, 2],
    [30, random.between(3, 5)],
    [6, random.between(6, 20)],
    [1, random.between(101, 130)],
  ]);
  const ids = new Map<string, string>();
  for (let number = 1; ids.size < count; number++) {
    const id = random.oneIn(2) ? idOf(random) : `step-${number}`;
    const folded = id.toLowerCase();
    if (!ids.has(folded)) ids.set(folded, id);
  }
  return [...ids.values()];
}

/** Words of the emitted script, of shells and of JavaScript, and look-alikes. */
const IDS: readonly string[] = [
  "a-b",
  "a.b",
  "a_b",
  "a_b_2",
  "A--.",
  "0",
  "00",
  "1e3",
  "-".padStart(2, "x"),
  "if",
  "done",
  "exit",
  "constructor",
  "toString",
  "waymark_plan",
  "WAYMARK_BODY",
  "rt_main",
  "rt_nothing",
  "main",
  "call",
  CANARY,
  "a".repeat(128),
  "con",
  "x..y",
];

function idOf(random: Random): string {
  if (random.oneIn(2)) return random.pick(IDS);
  const first = random.pick([..."abcXYZ019"]);
  return first + random.times(random.below(9), () => random.pick([..."ab9._-"])).join("");
}

function step(random: Random, id: string, before: readonly string[]): Table {
  const verifies = random.oneIn(4);
  const most = random.oneIn(30) ? before.length : Math.min(before.length, 3);
  const wanted = random.shuffled(before).slice(0, random.below(most + 1));
  return table({
    id,
    name: readable(random.oneIn(4) ? `Step ${id}` : nastyText(random)),
    action: verifies ? "verify" : "script",
    depends_on: wanted.length > 0 || random.oneIn(10) ? wanted : undefined,
    script: verifies ? undefined : script(random),
    checkpoint: random.oneIn(2) ? undefined : checkpoint(random),
    verification: verifies || random.oneIn(4) ? verification(random) : undefined,
  });
}

function script(random: Random): Table {
  const interpreter = random.weighted<string | undefined>([
    [12, undefined],
    [2, "sh"],
    [2, "bash"],
    [1, "/usr/bin/env bash"],
    [1, `${CANARY} -x 'a b'`],
    [3, "cat"],
    [2, random.pick(["python3 -B", "/usr/bin/env -S perl -w", " awk  -f ", "ksh", "nosuch"])],
  ]);
  const shell = interpreter === undefined || /sh$/.test(interpreter);
  return table({
    interpreter,
    content: shell ? shellText(random) : readable(nastyText(random)),
    errexit: random.oneIn(5) ? random.oneIn(2) : undefined,
  });
}

function checkpoint(random: Random): Table {
  const flag = (): Value | undefined => (random.oneIn(4) ? random.oneIn(2) : undefined);
  const files = random.times(random.below(4), () => statePath(random));
  return table({
    enabled: random.oneIn(8) ? random.oneIn(2) : undefined,
    rollback: random.oneIn(2) ? shellText(random) : undefined,
    state_files: files.length > 0 ? files : undefined,
    atomic: flag(),
    snapshot: files.length > 0 ? flag() : undefined,
    irreversible: random.oneIn(10) ? true : undefined,
  });
}

function verification(random: Random): Table {
  const commands = random.times(random.between(1, 3), () =>
    table({
      cmd: shellText(random).trimEnd(),
      expect: random.oneIn(2) ? nastyText(random) : undefined,
    }),
  );
  return table({ commands });
}

/** A path with a head that says where it is, and parts of any characters. */
function statePath(random: Random): string {
  const parts = random.times(random.between(1, 3), () => {
    const part = nastyText(random).replaceAll("/", "");
    return /^\.{0,2}$/.test(part) ? `x${part}` : part;
  });
  const head = random.pick(["~", "$HOME", "${HOME}", "", "~/."]);
  return `${head}/${parts.join(random.oneIn(8) ? "//./" : "/")}${random.oneIn(8) ? "/" : ""}`;
}

/** Commands that parse, most of them around a text that is data to them. */
function shellText(random: Random): string {
  // A CR at a line's end is refused in shell.
  return commands(random).replace(/\r+\n/g, "\n");
}

function commands(random: Random): string {
  const line = nastyLine(random);
  const text = nastyText(random);
  const end = random.pick(["EOF", "WAYMARK_BODY", "WAYMARK_SCRIPT", "WAYMARK_BODY_2", "}", "done", "-"]);
  const held = `\n${text}\n`.includes(`\n${end}\n`) ? line : text;
  return random.pick([
    ":",
    CANARY,
    `${CANARY} ran\n`,
    `printf '%s\\n' ${inQuotes(text)}\n`,
    `cat <<'${end}'\n${held}\n${end}\n`,
    `cat <<-"${end}" | cat\n\t${line}\n\t${end}\n: more`,
    `# ${line}\n: "${"x".repeat(random.oneIn(50) ? 100_000 : 5)}"\n\n\n`,
    `rt_main() { rt_other; }\nif false; then rt_main; fi\n`,
    `case x in\n(x) : ;;\n*) ${CANARY} ;;\nesac`,
    `f() {\n\t${CANARY}\n}\nf || exit 1; # ${line}`,
    `x=$(${CANARY}) && echo "\${x:-}" \\\n  b`,
    `echo a \\\\\n`,
    `! { ${CANARY}; } >/dev/null 2>&1 &\nwait`,
    `if ${CANARY}; then :; else\n: ; fi`,
    `#!/bin/sh\n${CANARY}\n`,
    `rm -rf "$HOME/${CANARY}" -- ${inQuotes(line)}`,
  ]);
}

/** One word of shell; a quoting of the test's own. */
export function inQuotes(text: string): string {
  return `'${text.split("'").join(`'"'"'`)}'`;
}

/** Without what turns the direction of text, and not blank. */
function readable(text: string): string {
  const kept = MISLEADING.reduce((left, character) => left.replaceAll(character, ""), text);
  return kept.trim() === "" ? `x${kept}` : kept;
}

function plain(line: string): string {
  return line.trim() === "" ? "0.1" : line;
}

