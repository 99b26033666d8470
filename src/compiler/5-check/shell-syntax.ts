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

  /** Why the shell cannot be asked at all, or undefined where it can. */
  missing(): string | undefined {
    const { error } = spawnSync(this.shell, ["-c", ":"], { stdio: "ignore", env: environment() });
    if (error === undefined) return undefined;
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `there is no ${this.shell} here` : error.message;
  }

  /** `SHELL -n` over one text. */
  fault(text: string): SyntaxFault | undefined {
    const file = this.#write(text);
    const { status, stderr } = this.#run(["-n", file]);
    return status === 0 ? undefined : parseFault(stderr.replaceAll(file, ""));
  }

  /**
   * The indexes of the texts that do not parse, each taken for itself. One
   * process answers for all of them: it forks for each text, where a process
   * a text would cost a thousand starts of a shell.
   */
  rejected(texts: readonly string[]): number[] {
    if (texts.length === 0) return [];
    const calls = texts.map((text, index) => `check ${quoted(text)} ${index}\n`);
    const file = this.#write(`${DRIVER}${calls.join("")}echo end\n`);
    const { stdout } = this.#run([file, this.shell]);
    const lines = stdout.trimEnd().split("\n");
    if (lines.pop() === "end") return lines.map(Number);
    // Whatever stopped the driver: one process a text knows.
    return texts.flatMap((text, index) => (this.fault(text) === undefined ? [] : [index]));
  }

  #write(text: string): string {
    const file = join(this.#folder, "text.sh");
    writeFileSync(file, text);
    return file;
  }

  #run(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(this.shell, args, {
      encoding: "utf8",
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
    });
  }
}

/**
 * Under `set -n` a shell reads on and runs nothing more, also inside `eval`.
 * That is asked before it is relied on: where a shell thinks otherwise, each
 * text gets a process with -n.
 */
const DRIVER = `
probe=$( (eval 'set -n
echo ran') 2>/dev/null; echo asked)
case $probe in
asked)
  check() {
    (eval "set -n
$1") >/dev/null 2>&1 || echo "$2"
  } ;;
*)
  shell=$1
  check() {
    "$shell" -n >/dev/null 2>&1 <<WAYMARK_TEXT || echo "$2"
$1
WAYMARK_TEXT
  } ;;
esac
`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In English, and without the files that a shell reads before it starts. */
function environment(): NodeJS.ProcessEnv {
  const { ENV: _env, BASH_ENV: _bashEnv, ...rest } = process.env;
  return { ...rest, LC_ALL: "C" };
}

/** Each shell words it in its own way; the line's number is in all of them. */
export function parseFault(stderr: string): SyntaxFault {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => !/\bwarning:/.test(line)) ?? "";
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
