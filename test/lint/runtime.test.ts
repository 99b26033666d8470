// The runtime and the templates, held to DESIGN.md, section 7.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { filesOf, nameOf } from "./files.js";
import { findBareDisables, findFaults, findLayoutFaults } from "./rules.js";

const runtime = filesOf("runtime", ".sh");
/**
 * A module sets names that another one reads. What the compiler emits has
 * them together, and is checked for these too.
 */
const SHARED_NAMES = "SC2034,SC2153,SC2154";
const templates = filesOf("templates", ".hbs");

describe("runtime/*.sh", () => {
  it("is there", () => expect(runtime.length).toBeGreaterThan(5));

  it.each(runtime.map((file) => [nameOf(file), file]))("%s is portable", (shown, file) => {
    const text = readFileSync(file, "utf8");
    expect(findFaults(text, shown)).toEqual([]);
    expect(findLayoutFaults(text, shown)).toEqual([]);
    expect(findBareDisables(text, shown)).toEqual([]);
  });

  it.runIf(findTool("shellcheck"))("passes shellcheck -s sh", () => {
    const args = ["-s", "sh", "-e", SHARED_NAMES, "-f", "gcc", ...runtime];
    const { stdout, status } = spawnSync("shellcheck", args, { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it.runIf(findTool("shfmt"))("is as shfmt lays it out", () => {
    const args = ["-ln", "posix", "-d", ...runtime];
    const { stdout, status } = spawnSync("shfmt", args, { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});

describe("templates", () => {
  it("are there", () => expect(templates.length).toBeGreaterThan(0));

  it.each(templates.map((file) => [nameOf(file), file]))("%s is portable", (shown, file) => {
    const text = readFileSync(file, "utf8").replace(/\{\{\{?[^}]*\}?\}\}/g, "X");
    expect(findFaults(text, shown)).toEqual([]);
    expect(findBareDisables(text, shown)).toEqual([]);
  });
});
