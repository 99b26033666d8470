// docs/reliability.md names each fault, and each fault has its test.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FAULTS } from "../harness/fault-counts.js";
import { projectRoot } from "../harness/index.js";

const page = readFileSync(join(projectRoot, "docs", "reliability.md"), "utf8");

it.each(FAULTS)("$id is in the table, with a test that counts it", ({ id, fault, guarantees, file }) => {
  const test = join(projectRoot, "test", "behaviour", file);
  expect(existsSync(test), test).toBe(true);
  expect(readFileSync(test, "utf8")).toContain(`"${id}"`);
  expect(page).toContain(`| ${fault} | ${guarantees.join(", ")} |`);
});
