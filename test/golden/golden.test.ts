import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSource } from "../../src/assets.js";
import { compile } from "../../src/compiler/compile.js";
import { codes } from "../../src/compiler/diagnostics/catalogue.js";
import { CompileError, type Diagnostic } from "../../src/compiler/diagnostics/diagnostic.js";
import { renderDiagnostics } from "../../src/compiler/diagnostics/frame.js";

/**
 * A folder a case: its installer.toml, and in expected/ either install.sh or,
 * where there is anything to say, diagnostics.txt. A case with a command.json
 * runs the command line instead. `npm run golden` writes all of expected/.
 */
const folder = import.meta.dirname;
const cli = join(folder, "..", "..", "dist", "cli.js");
const update = process.env["UPDATE_GOLDENS"] === "1";
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

type Outcome = { readonly file: "install.sh" | "diagnostics.txt"; readonly text: string };

describe.each(cases)("%s", (name) => {
  const expected = join(folder, name, "expected");

  test("gives what is expected", () => {
    const outcome = outcomeOf(join(folder, name));
    if (update) {
      rmSync(expected, { recursive: true, force: true });
      mkdirSync(expected);
      writeFileSync(join(expected, outcome.file), outcome.text);
    }
    expect(readdirSync(expected)).toEqual([outcome.file]);
    expect(outcome.text).toBe(readFileSync(join(expected, outcome.file), "utf8"));
  });
});

test("each code of the catalogue has a case that shows it", () => {
  const shown = new Set(
    cases
      .map((name) => join(folder, name, "expected", "diagnostics.txt"))
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, "utf8").match(/\bWM\d{4}\b/g) ?? []),
  );
  expect(codes.filter((code) => !shown.has(code))).toEqual([]);
});

function outcomeOf(place: string): Outcome {
  const command = join(place, "command.json");
  if (existsSync(command)) return outcomeOfCommand(place, command);
  try {
    const script = compile({ ...readSource(place), path: "installer.toml" });
    return script.warnings.length === 0
      ? { file: "install.sh", text: script.text }
      : said(script.warnings, place);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return said(error.diagnostics, place);
  }
}

function said(diagnostics: readonly Diagnostic[], place: string): Outcome {
  const text = renderDiagnostics(diagnostics, { color: false });
  return { file: "diagnostics.txt", text: text.replaceAll(`${place}/`, "") };
}

function outcomeOfCommand(place: string, file: string): Outcome {
  const { args, env = {} } = JSON.parse(readFileSync(file, "utf8")) as {
    args: string[];
    env?: Record<string, string>;
  };
  const { stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: place,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { file: "diagnostics.txt", text: stderr };
}
