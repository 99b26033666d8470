import { CompileError, type Diagnostic } from "../compiler/diagnostics/diagnostic.js";
import { renderDiagnostics } from "../compiler/diagnostics/frame.js";

/** Something that a command cannot go on from, in a line and an exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  readonly help: string | undefined;

  constructor(message: string, exitCode: number, help?: string) {
    super(message);
    this.exitCode = exitCode;
    this.help = help;
  }
}

/** Prints diagnostics to standard error, in colour on a terminal. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  process.stderr.write(renderDiagnostics(diagnostics, { color: wantsColor() }));
}

/** Prints what stopped a compilation, with a count of more than one error. */
export function printCompileError(error: CompileError): void {
  printDiagnostics(error.diagnostics);
  const errors = error.diagnostics.filter((one) => one.severity === "error");
  if (errors.length > 1) process.stderr.write(`\n${errors.length} errors\n`);
}

function wantsColor(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stderr.isTTY === true && !NO_COLOR && TERM !== "dumb";
}
