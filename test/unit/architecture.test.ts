// The rules of DESIGN.md, section 2, about who may import what.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const src = resolve(import.meta.dirname, "..", "..", "src");

interface Import {
  readonly from: string;
  /** A path below src without its suffix, or a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ""));

function importsOf(from: string, text: string): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?(?:([^"';]*?)\sfrom\s+)?"([^"]+)"/gm,
  );
  return [...statements].map(([, type, names = "", to = ""]) => ({
    from,
    to: to.startsWith(".")
      ? relative(src, resolve(src, dirname(from), to)).replace(/\.js$/, "")
      : to,
    typeOnly: type !== undefined || everyNameIsType(names),
  }));
}

function everyNameIsType(names: string): boolean {
  const inner = /^\{([^]*)\}$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const parts = inner.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return parts.length > 0 && parts.every((name) => name.startsWith("type "));
}

function phaseOf(path: string): number | undefined {
  const phase = /^compiler\/(\d)-/.exec(path)?.[1];
  return phase === undefined ? undefined : Number(phase);
}

const shown = ({ from, to }: Import): string => `${from} imports ${to}`;

describe("the phases", () => {
  test("there are five", () => {
    const phases = new Set(files.map(phaseOf).filter((phase) => phase !== undefined));
    expect([...phases].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test("import types alone from earlier phases, and nothing from later ones", () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const [own, other] = [phaseOf(from), phaseOf(to)];
      if (own === undefined || other === undefined || own === other) return false;
      return other > own || !typeOnly;
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test("import no command and no test of installers, and the asset reader in compile.ts alone", () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!from.startsWith("compiler/")) return false;
      if (/^(?:commands|testing)\//.test(to) || to === "cli") return true;
      return to === "assets" && from !== "compiler/compile.ts";
    });
    expect(wrong.map(shown)).toEqual([]);
  });
});

test("testing imports from the compiler and the asset reader, and no command", () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      from.startsWith("testing/") && !/^(?:node:|testing\/|compiler\/|assets$|version$)/.test(to),
  );
  expect(wrong.map(shown)).toEqual([]);
});

describe("the system", () => {
  const may = (file: string): boolean =>
    file === "cli.ts" ||
    file === "assets.ts" ||
    file.startsWith("commands/") ||
    file.startsWith("testing/") ||
    file.startsWith("compiler/5-check/");

  // What computes and touches nothing.
  const pure = new Set(["node:crypto", "node:path", "node:url"]);

  test("is touched by cli, commands, testing, the asset reader and 5-check alone", () => {
    const wrong = imports.filter(({ from, to }) => {
      if (may(from) || !to.startsWith("node:") || pure.has(to)) return false;
      // package.json holds the version: a read that gives the same on any day.
      return !(from === "version.ts" && to === "node:module");
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test("is not reached through globals either", () => {
    const wrong = files.filter(
      (file) => !may(file) && /\bprocess\.|\bconsole\.|Date\.now|new Date\(|Math\.random/.test(texts.get(file) ?? ""),
    );
    expect(wrong).toEqual([]);
  });

  test("gives its arguments to cli alone, and is left by cli alone", () => {
    const wrong = files.filter(
      (file) => file !== "cli.ts" && /process\.(?:exit|argv|exitCode)\b/.test(texts.get(file) ?? ""),
    );
    expect(wrong).toEqual([]);
  });
});

test("index.ts is re-exports alone", () => {
  const left = (texts.get("index.ts") ?? "").replace(/^export (?:type )?\{[^}]*\} from "[^"]+";$/gm, "");
  expect(left.trim()).toBe("");
});
