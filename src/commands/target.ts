import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileStat, reasonOf } from "../assets.js";
import { nearest } from "../compiler/diagnostics/suggest.js";
import { CommandError } from "./io.js";

/** What a NAME|PATH on the command line turned out to be. */
export type Target =
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "script"; readonly path: string };

/** Flags of the emitted script that take a value in the next word. */
const WITH_VALUE = new Set(["--checkpoint-dir", "--from", "--to", "--set"]);

/**
 * The NAME|PATH among the words, the first that is no flag and no flag's value,
 * and all the others, which are the script's.
 */
export function splitWords(words: readonly string[]): {
  name: string | undefined;
  rest: string[];
} {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (WITH_VALUE.has(word)) at++;
    else if (!word.startsWith("-")) {
      return { name: word, rest: [...words.slice(0, at), ...words.slice(at + 1)] };
    }
  }
  return { name: undefined, rest: [...words] };
}

/** The checkpoint directory that the script itself would use. */
export function checkpointFolder(words: readonly string[]): string {
  const at = words.lastIndexOf("--checkpoint-dir");
  const joined = words.findLast((word) => word.startsWith("--checkpoint-dir="));
  if (joined !== undefined && words.lastIndexOf(joined) > at) {
    return joined.slice("--checkpoint-dir=".length);
  }
  const folder = at < 0 ? undefined : words[at + 1];
  if (folder !== undefined) return folder;
  const data = process.env["XDG_DATA_HOME"] || join(homedir(), ".local", "share");
  return join(data, "waymark", "checkpoints");
}

/**
 * A file or folder goes before a name: `./NAME` and NAME can both be meant
 * only where both are there, and a path is what shells complete.
 */
export function findTarget(name: string, checkpoints: string): Target {
  const stat = fileStat(name);
  const installed = installedScript(name, checkpoints);
  if (stat?.isDirectory()) {
    const toml = join(name, "installer.toml");
    // A folder that happens to have the installer's name is not meant.
    if (installed !== undefined && !isThere(toml)) return installed;
    return { kind: "source", path: name };
  }
  if (stat !== undefined) {
    return { kind: name.endsWith(".toml") ? "source" : "script", path: name };
  }
  if (installed !== undefined) return installed;
  if (name.includes("/") || /\.(toml|sh)$/.test(name)) throw unreadable(name);
  const known = installedNames(checkpoints);
  const meant = nearest(name, known);
  throw new CommandError(
    `there is no file ${name} here, and no installer of that name in ${checkpoints}`,
    2,
    meant !== undefined
      ? `did you mean ${meant}?`
      : known.length > 0
        ? `installers there: ${known.join(", ")}`
        : "run it first, or say where it keeps its state with --checkpoint-dir DIR",
  );
}

function installedScript(name: string, checkpoints: string): Target | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return undefined;
  const path = join(checkpoints, name, "install.sh");
  return isThere(path) ? { kind: "script", path } : undefined;
}

function installedNames(checkpoints: string): string[] {
  try {
    return readdirSync(checkpoints)
      .filter((name) => installedScript(name, checkpoints) !== undefined)
      .sort();
  } catch {
    return [];
  }
}

function isThere(path: string): boolean {
  return fileStat(path)?.isFile() ?? false;
}

function unreadable(path: string): CommandError {
  try {
    statSync(path);
    return new CommandError(`cannot read ${path}`, 1);
  } catch (error) {
    return new CommandError(`cannot read ${path}: ${reasonOf(error)}`, 1);
  }
}
