// npm run golden: writes test/golden/*/expected again. Read the difference.
import { spawnSync } from "node:child_process";

const { status } = spawnSync("npx", ["vitest", "run", "--project", "golden", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, UPDATE_GOLDENS: "1" },
});
process.exit(status ?? 1);
