import { describe } from "vitest";
import { type Shell, shells } from "../../setup/shells.js";

/** Far beyond what a test takes: only a hang reaches it. */
const TEST_LIMIT_MS = 120_000;

/** Describes a subject once for each shell that this machine has. */
export function inEachShell(subject: string, body: (shell: Shell) => void): void {
  describe.each(shells.map((shell) => ({ shell, name: shell.name })))(
    `${subject}, in $name`,
    { timeout: TEST_LIMIT_MS },
    ({ shell }) => body(shell),
  );
}
