import { parse, type SyntaxTree } from "../../src/compiler/1-parse/parse.js";
import { validate } from "../../src/compiler/2-validate/validate.js";
import type { Spec } from "../../src/compiler/2-validate/spec.js";
import { CompileError, type Diagnostic } from "../../src/compiler/diagnostics/diagnostic.js";
import type { Source } from "../../src/compiler/source.js";

/** An installer.toml in memory, with the files beside it. */
export function sourceOf(text: string, files: Record<string, string> = {}): Source {
  return {
    path: "installer.toml",
    text,
    asset: (path) => {
      const found = files[path];
      return found === undefined
        ? { ok: false, reason: "no such file" }
        : { ok: true, text: found };
    },
  };
}

export const HEAD = '[installer]\nname = "app"\nversion = "1.0"\n';

/** A script step as TOML, with more keys of its own and more tables. */
export function stepToml(id: string, keys = "", tables = ""): string {
  return (
    `\n[[step]]\nid = "${id}"\nname = "Step ${id}"\naction = "script"\n${keys}\n` +
    `[step.script]\ncontent = "echo ${id}"\n${tables}\n`
  );
}

export function specOf(text: string, files?: Record<string, string>): Spec {
  return validate(parse(sourceOf(text, files)));
}

/** Every diagnostic of phases 1 and 2, also where there is no error. */
export function diagnosticsOf(
  text: string,
  files?: Record<string, string>,
): readonly Diagnostic[] {
  return caught(() => {
    const tree = parse(sourceOf(text, files));
    validate(tree);
    return tree.log.warnings;
  });
}

export function caught(run: () => readonly Diagnostic[]): readonly Diagnostic[] {
  try {
    return run();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics;
    throw error;
  }
}

/** "WM0203 12:1", in the order of the file. */
export function marks(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, place }) => {
    const start = place?.span.start;
    return start === undefined ? code : `${code} ${start.line}:${start.column}`;
  });
}

/** A tree that fails where somebody asks for a position. */
export function treeWithoutPositions(text: string): SyntaxTree {
  const refuse = (): never => {
    throw new Error("a position was asked for");
  };
  const tree = parse(sourceOf(text));
  return { ...tree, spanOf: refuse, keyAt: refuse, valueAt: refuse, lineAt: refuse };
}
