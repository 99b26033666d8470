// What the compiler emits for the examples and goldens, held to DESIGN.md,
// section 7, in each shell.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/compiler/compile.js";
import type { CheckedScript } from "../../src/compiler/5-check/checked-script.js";
import { shells } from "../setup/shells.js";
import { findTool } from "../setup/tools.js";
import { filesOf, nameOf } from "./files.js";
import { findFaults } from "./rules.js";

/** What is compiled afresh here: the goldens' own test compares the bytes. */
const goldens = filesOf("test/golden", "install.sh");
const emitted = [...filesOf("examples", "installer.toml"), ...goldens.map(tomlOfGolden)]
  .filter((file) => existsSync(file))
  .map((file) => ({ shown: nameOf(file), file }));

function tomlOfGolden(golden: string): string {
  return join(golden, "..", "..", "installer.toml");
}

describe.each(emitted)("what $shown compiles to", ({ file, shown }) => {
  let folder = "";
  let emittedFile = "";
  let script: CheckedScript;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "waymark-lint-"));
    script = compile({
      path: "installer.toml",
      text: readFileSync(file, "utf8"),
      asset(path) {
        return { ok: true, text: readFileSync(join(file, "..", path), "utf8") };
      },
    });
    emittedFile = join(folder, "install.sh");
    writeFileSync(emittedFile, script.text);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is portable but for its author's own text", () => {
    const authors = script.plan.steps.flatMap((step) =>
      [step.script?.text, step.checkpoint?.rollback].filter((text) => text !== undefined),
    );
    for (const whole of [script.text, script.body]) {
      const ours = authors.reduce((text, one) => text.replaceAll(one, ":\n"), whole);
      expect(findFaults(ours, shown)).toEqual([]);
    }
  });

  it.each(shells.map((shell) => [shell.name, shell] as const))(
    "is shell to %s",
    (_, { command }) => {
      const [file = "", ...args] = command;
      const { stderr, status } = spawnSync(file, [...args, "-n", emittedFile], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    },
  );

  it.runIf(findTool("shellcheck"))("passes shellcheck -s sh", () => {
    const args = ["-s", "sh", "-f", "gcc", emittedFile];
    const { stdout } = spawnSync("shellcheck", args, { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
