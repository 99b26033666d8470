// `npm run fuzz -- [--count N] [--seed N] [--case N] [--keep FILE]`: the fuzz
// test with other numbers than in `npm test`. `--case` tries one case alone, and
// `--keep` writes its installer.toml.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const values = flags();
const given = Object.entries(values).map(([name, value]) => [`WAYMARK_FUZZ_${name.toUpperCase()}`, value]);
for (const name of ["count", "seed", "case"]) {
  if (values[name] !== undefined && !/^\d+$/.test(values[name])) {
    console.error(`fuzz: --${name} must be a number, not ${values[name]}`);
    process.exit(2);
  }
}

function flags() {
  const options = Object.fromEntries(["count", "seed", "case", "keep"].map((name) => [name, { type: "string" }]));
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`fuzz: ${error.message}`);
    process.exit(2);
  }
}

const { status } = spawnSync("npx", ["vitest", "run", "--project", "fuzz", "fuzz.test"], {
  stdio: "inherit",
  env: { ...process.env, ...Object.fromEntries(given) },
});
process.exit(status ?? 1);
