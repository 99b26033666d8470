import { describe } from "vitest";
import { type Shell, shells, shellsWithJournal, shellsWithStores } from "../../setup/shells.js";

/** Far beyond what a test takes: only a hang reaches it. */
const TEST_LIMIT_MS = 120_000;

/** Describes a subject once for each shell that this machine has, with each store. */
export function inEachShell(subject: string, body: (shell: Shell) => void): void {
  describeIn(shellsWithStores(), subject, body);
}

/** The same for what is about SQLite, or about no store at all. */
export function inEachShellWithSqlite(subject: string, body: (shell: Shell) => void): void {
  describeIn(shells, subject, body);
}

/** The same for what is about the journal. */
export function inEachShellWithJournal(subject: string, body: (shell: Shell) => void): void {
  describeIn(shellsWithJournal(), subject, body);
}

function describeIn(all: readonly Shell[], subject: string, body: (shell: Shell) => void): void {
  for (const shell of all) {
    const options = { timeout: TEST_LIMIT_MS };
    describe(`${subject}, in ${shell.name}`, options, () => body(shell));
  }
}
