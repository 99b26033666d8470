import type { Place } from "../source.js";
import { describe, type Code, type Facts } from "./catalogue.js";
import { CompileError, type Diagnostic, type Related } from "./diagnostic.js";

/** Collects what the phases of one compilation find. */
export class DiagnosticLog {
  readonly #found: Diagnostic[] = [];

  /** Notes a diagnostic of the catalogue with what its wording needs. */
  report<C extends Code>(
    code: C,
    facts: Facts<C>,
    place: Place | undefined,
    related: readonly Related[] = [],
  ): void {
    this.#found.push({
      code,
      ...describe(code, facts),
      ...(place === undefined ? {} : { place }),
      related,
    });
  }

  get all(): readonly Diagnostic[] {
    return [...this.#found].sort(byPlace);
  }

  get warnings(): readonly Diagnostic[] {
    return this.all.filter((one) => one.severity === "warning");
  }

  /** What a phase calls at its end: throws when there was an error. */
  throwIfErrors(): void {
    if (this.#found.some((one) => one.severity === "error")) {
      throw new CompileError(this.all);
    }
  }
}

/** In the order of the text, a file after the other; what has no place first. */
function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.place === undefined || b.place === undefined) {
    return Number(a.place !== undefined) - Number(b.place !== undefined);
  }
  if (a.place.path !== b.place.path) return a.place.path < b.place.path ? -1 : 1;
  return (
    a.place.span.start.offset - b.place.span.start.offset ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
