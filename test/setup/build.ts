import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";

/** Builds dist/ once before the tests that run the command line for real. */
export default function build(): void {
  const root = join(import.meta.dirname, "..", "..");
  execFileSync("npx", ["tsc", "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  chmodSync(join(root, "dist", "cli.js"), 0o755);
}
