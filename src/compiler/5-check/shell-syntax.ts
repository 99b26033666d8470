import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a shell's `-n` says of a text. */
export interface SyntaxFault {
  /** From 1; it may lie behind the text's last line. */
  readonly line: number;
  readonly reason: string;
}

/** This machine cannot start the shell. */
export class NoShellError extends Error {
  override readonly name = "NoShellError";
}

/** A shell that parses texts and runs nothing; `close` removes its folder. */
export class SyntaxChecker {
  readonly shell: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "waymark-check-"));

  constructor(shell: string) {
    this.shell = shell;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** `SHELL -n` over one text; throws a NoShellError where there is no shell. */
  fault(text: string): SyntaxFault | undefined {
    const file = join(this.#folder, "text.sh");
    writeFileSync(file, text);
    const { status, stderr, error } = spawnSync(this.shell, ["-n", file], {
      encoding: "utf8",
      env: environment(),
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error !== undefined) throw new NoShellError(reasonOf(error, this.shell));
    return status === 0 ? undefined : parseFault(stderr.replaceAll(file, ""));
  }

  /**
   * The indexes of the texts that do not parse, or do not end where they end,
   * each taken for itself. All of them are parsed at once, in two processes:
   * only where there is a fault, halves are asked in turn.
   */
  rejected(texts: readonly string[]): number[] {
    const search = (from: number, to: number): number[] => {
      const some = texts.slice(from, to);
      if (some.length === 0 || this.#allComplete(some)) return [];
      if (some.length === 1) return [from];
      const middle = (from + to) >> 1;
      return [...search(from, middle), ...search(middle, to)];
    };
    return search(0, texts.length);
  }

  /**
   * Whether each of the texts is complete. That they parse one after the other
   * would not say so: `}` and `foo() {` closes one function and opens another,
   * and a here-document or a quote that is left open may end in a later text.
   *
   * So they are parsed twice. As functions, each text must be balanced: where
   * one leaves something open, the next `}` is an error. Nested in loops, with
   * all ends at the end, a text that closes its surroundings meets a `}` where
   * a `done` belongs; and one that runs on into the next takes the beginning
   * of its loop away, so that an end is too many.
   */
  #allComplete(texts: readonly string[]): boolean {
    const asFunctions = texts.map((text) => `f() {\n${text}}\n`).join("");
    if (this.fault(asFunctions) !== undefined) return false;
    return this.fault(nested(texts)) === undefined;
  }
}

function reasonOf(error: Error, shell: string): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? `there is no ${shell} here` : error.message;
}

/** So deep at most: shells recurse, and some have little stack. */
const DEPTH = 20;

function nested(texts: readonly string[]): string {
  const out: string[] = [];
  for (let from = 0; from < texts.length; from += DEPTH) {
    const some = texts.slice(from, from + DEPTH);
    out.push(...some.map((text) => `while :; do\n${text}`), "done\n".repeat(some.length));
  }
  return out.join("");
}

/** In English, and without the files that a shell reads before it starts. */
function environment(): NodeJS.ProcessEnv {
  const { ENV: _env, BASH_ENV: _bashEnv, ...rest } = process.env;
  return { ...rest, LC_ALL: "C" };
}

/** Each shell words it in its own way; the line's number is in all of them. */
export function parseFault(stderr: string): SyntaxFault {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const said = (lines.find((line) => !/\bwarning:/.test(line)) ?? "").replace(/^E: /, "");
  const forms = [
    /^[^:[]*[:[] ?(?:line )?(?<line>\d+)\]?: *(?<reason>.*)$/,
    /^.*?(?<reason>syntax error) at line (?<line>\d+): *(?<rest>.*)$/,
  ];
  for (const form of forms) {
    const groups = form.exec(said)?.groups;
    if (groups === undefined) continue;
    const reason = (groups["rest"] ?? groups["reason"] ?? "").replace(
      /^(?:syntax|parse) error:? */i,
      "",
    );
    return { line: Number(groups["line"]), reason: reason || "syntax error" };
  }
  return { line: 1, reason: said.replace(/^[: ]+/, "") || "syntax error" };
}
