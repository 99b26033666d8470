import { findTool } from "./tools.js";

/** A shell that emitted scripts must run in. */
export interface Shell {
  /** What WAYMARK_TEST_SHELLS selects it by. */
  readonly key: string;
  readonly name: string;
  /** The command words in front of the script's path. */
  readonly command: readonly [string, ...string[]];
  /** Set where the host has no sqlite3, and checkpoints are in the journal. */
  readonly journal?: true;
}

/** The shells of DESIGN.md, section 7. */
export const ALL_SHELLS: readonly Shell[] = [
  { key: "dash", name: "dash", command: ["dash"] },
  { key: "bash", name: "bash", command: ["bash"] },
  { key: "bash-posix", name: "bash --posix", command: ["bash", "--posix"] },
  { key: "busybox", name: "busybox ash", command: ["busybox", "ash"] },
  { key: "mksh", name: "mksh", command: ["mksh"] },
  { key: "ksh93", name: "ksh93", command: ["ksh93"] },
  { key: "yash", name: "yash", command: ["yash"] },
  { key: "zsh", name: "zsh --emulate sh", command: ["zsh", "--emulate", "sh"] },
];

/** Those that are selected and installed: what the tests run in. */
export const shells: readonly Shell[] = selected().filter(isInstalled);

/** Those that are selected and not installed: reported as skipped. */
export const skippedShells: readonly Shell[] = selected().filter(
  (shell) => !isInstalled(shell),
);

/**
 * Where all is tested with the journal if nothing else is asked for: busybox
 * has the least of an awk. What is about the journal runs in all shells.
 */
const JOURNAL_SHELLS = ["busybox"];

/**
 * Each selected shell with each store. `WAYMARK_TEST_STORES=journal` runs all
 * selected shells with that store alone, and `sqlite3,journal` with both.
 */
export function shellsWithStores(): readonly Shell[] {
  const wish = process.env.WAYMARK_TEST_STORES;
  const stores = (wish ?? "sqlite3,journal").split(",");
  const known = ["sqlite3", "journal"];
  const odd = stores.find((store) => !known.includes(store));
  if (odd !== undefined) {
    throw new Error(`WAYMARK_TEST_STORES: no store "${odd}"; known: ${known.join(", ")}`);
  }
  const inJournal = shells.filter(({ key }) => wish !== undefined || JOURNAL_SHELLS.includes(key));
  return [
    ...(stores.includes("sqlite3") ? shells : []),
    ...(stores.includes("journal") ? inJournal.map(withJournal) : []),
  ];
}

/** Each selected shell with the journal, for what is about the journal itself. */
export function shellsWithJournal(): readonly Shell[] {
  const both = process.env.WAYMARK_TEST_STORES?.split(",") ?? ["journal"];
  return both.includes("journal") ? shells.map(withJournal) : [];
}

function withJournal(shell: Shell): Shell {
  return { ...shell, name: `${shell.name} with the journal`, journal: true };
}

/** `WAYMARK_TEST_SHELLS=dash,zsh` restricts the tests to these. */
function selected(): readonly Shell[] {
  const wish = process.env.WAYMARK_TEST_SHELLS;
  if (!wish) return ALL_SHELLS;
  return wish.split(",").map((key) => {
    const shell = ALL_SHELLS.find((one) => one.key === key.trim());
    if (shell) return shell;
    const known = ALL_SHELLS.map((one) => one.key).join(", ");
    throw new Error(`WAYMARK_TEST_SHELLS: no shell "${key}"; known: ${known}`);
  });
}

function isInstalled(shell: Shell): boolean {
  return findTool(shell.command[0]) !== undefined;
}
