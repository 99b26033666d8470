export { readSource } from "./assets.js";
export { compile } from "./compiler/compile.js";
export type { CheckedScript } from "./compiler/5-check/checked-script.js";
export type { Code } from "./compiler/diagnostics/catalogue.js";
export {
  CompileError,
  type Diagnostic,
  type Related,
  type Severity,
} from "./compiler/diagnostics/diagnostic.js";
export { renderDiagnostics } from "./compiler/diagnostics/frame.js";
export type { Asset, Place, Position, Source, Span } from "./compiler/source.js";
export { version } from "./version.js";
