import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RenderAssets } from "./compiler/4-render/render.js";
import { CompileError } from "./compiler/diagnostics/diagnostic.js";
import { DiagnosticLog } from "./compiler/diagnostics/log.js";
import type { Asset, Source } from "./compiler/source.js";
import { version } from "./version.js";

/** The asset reader: all that the compiler reads comes through here. */

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
let known: RenderAssets | undefined;

/** The package's own templates/ and runtime/, by file name without its suffix. */
export function renderAssets(): RenderAssets {
  known ??= {
    templates: readFolder(join(packageFolder, "templates"), ".hbs"),
    runtime: readFolder(join(packageFolder, "runtime"), ".sh"),
    version,
  };
  return known;
}

function readFolder(folder: string, suffix: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix)).sort();
  return Object.fromEntries(
    names.map((name) => [
      name.slice(0, -suffix.length),
      readFileSync(join(folder, name), "utf8"),
    ]),
  );
}

/** The installer.toml that a FILE or DIR on the command line means. */
export function sourceFile(fileOrFolder: string): string {
  return fileStat(fileOrFolder)?.isDirectory()
    ? join(fileOrFolder, "installer.toml")
    : fileOrFolder;
}

/** Undefined also for what cannot be reached: to read it says why. */
export function fileStat(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Reads an installer.toml; throws a CompileError where that cannot be. */
export function readSource(fileOrFolder: string): Source {
  const path = sourceFile(fileOrFolder);
  const found = readText(path);
  if (!found.ok) {
    const log = new DiagnosticLog();
    log.report("WM0901", { path, reason: found.reason }, undefined);
    throw new CompileError(log.all);
  }
  const folder = dirname(resolve(path));
  return {
    path,
    text: found.text,
    asset: (relativePath) => readScript(resolve(folder, relativePath)),
  };
}

/** A script's byte order mark is no command: it is left out. */
function readScript(path: string): Asset {
  const found = readText(path);
  return found.ok ? { ok: true, text: found.text.replace(/^\uFEFF/, "") } : found;
}

function readText(path: string): Asset {
  try {
    const bytes = readBytes(path);
    if (bytes === undefined) return { ok: false, reason: "the file is too large" };
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { ok: true, text: decoder.decode(bytes) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Far more than a person writes: a device may have no end. */
const MOST_BYTES = 64 * 1024 * 1024;

/** All of a file, or undefined where there is more than MOST_BYTES of it. */
function readBytes(path: string): Buffer | undefined {
  const file = openSync(path, "r");
  try {
    const parts: Buffer[] = [];
    for (let size = 0; size <= MOST_BYTES; ) {
      const part = Buffer.alloc(64 * 1024);
      const count = readSync(file, part);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
      size += count;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** What a failed call to the system means to a person. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it exists already",
  EFBIG: "the file is too large",
  EISDIR: "it is a folder",
  ELOOP: "its symlinks lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "no such file",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
  ERR_FS_FILE_TOO_LARGE: "the file is too large",
  ERR_INVALID_ARG_VALUE: "its path holds a NUL character",
};
