import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile } from "../../../src/compiler/compile.js";
import type { Source } from "../../../src/compiler/source.js";

export const projectRoot = join(import.meta.dirname, "..", "..", "..");

const compiled = new Map<string, string>();

/** The install.sh of a TOML text; each text is compiled once a test file. */
export function compileToml(toml: string, folder = projectRoot): string {
  const key = `${folder}\0${toml}`;
  let script = compiled.get(key);
  if (script === undefined) {
    script = compile(sourceOf(toml, folder)).text;
    compiled.set(key, script);
  }
  return script;
}

function sourceOf(text: string, folder: string): Source {
  return {
    path: "installer.toml",
    text,
    asset(path) {
      try {
        return { ok: true, text: readFileSync(join(folder, path), "utf8") };
      } catch (error) {
        return { ok: false, reason: (error as Error).message };
      }
    },
  };
}

/** The text of `examples/NAME/installer.toml`. */
export function exampleToml(name: string): string {
  return readFileSync(exampleFile(name), "utf8");
}

export function exampleFolder(name: string): string {
  return dirname(exampleFile(name));
}

function exampleFile(name: string): string {
  return join(projectRoot, "examples", name, "installer.toml");
}
