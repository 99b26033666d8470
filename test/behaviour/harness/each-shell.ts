import { describe } from "vitest";
import { type Shell, shells } from "../../setup/shells.js";

/** Far beyond what a test takes: only a hang reaches it. */
const TEST_LIMIT_MS = 120_000;

/** Describes a subject once for each shell that this machine has. */
export function inEachShell(subject: string, body: (shell: Shell) => void): void {
  for (const shell of shells) {
    const options = { timeout: TEST_LIMIT_MS };
    describe(`${subject}, in ${shell.name}`, options, () => body(shell));
  }
}
