import type { Place } from "../source.js";
import type { Code } from "./catalogue.js";

export type Severity = "error" | "warning";

/** Something an author should know: what is wrong, where, and what to do. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly help?: string;
  /** Absent where there is no text to show, as for a file that is not there. */
  readonly place?: Place;
  readonly related: readonly Related[];
}

/** A second place that explains the first: "first defined here". */
export interface Related {
  readonly message: string;
  readonly place: Place;
}

/** Thrown at the end of a phase that found errors; warnings come along. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((one) => one.severity === "error");
    super(errors.map((one) => `${one.code}: ${one.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/** A fault of waymark itself, not of the author's file. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}
