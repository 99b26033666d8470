import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** The text of every installer.toml of the examples and the golden cases. */
export const corpus: readonly string[] = ["examples", join("test", "golden")]
  .flatMap((above) => folders(join(root, above)))
  .flatMap((folder) => textOf(join(folder, "installer.toml")));

/** What stands beside an installer.toml that is compiled here: `file` may name it. */
export const filesBeside: ReadonlyMap<string, Buffer> = new Map([
  ...folders(join(root, "test", "golden")).flatMap(filesOf),
  ["script.sh", Buffer.from("#!/bin/sh\nwmcanary\n")],
  ["broken.sh", Buffer.from("if :; then\n\x1b[31m 'x\n")],
  ["nul.sh", Buffer.from("a\0b\n")],
  ["crlf.sh", Buffer.from("a\r\nb\r\n")],
  ["latin1.sh", Buffer.from("echo \xe9\n", "latin1")],
  ["mark.sh", Buffer.from("\ufeffecho \ufeff\u2028x\n")],
  ["empty.sh", Buffer.alloc(0)],
  ["folder/script.sh", Buffer.from(":\n")],
]);

function folders(above: string): string[] {
  return readdirSync(above, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(above, entry.name))
    .sort();
}

function textOf(file: string): string[] {
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    return [];
  }
}

/** The small files of a golden case but its own installer.toml and expected/. */
function filesOf(folder: string): [string, Buffer][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => file !== "installer.toml" && !file.startsWith("expected"))
    .map((file) => [file, readFileSync(join(folder, file))]);
}
