// The compiler in a process of its own, so that one that hangs or dies can be
// ended and told of. It takes `{ toml, output }`, compiles in the folder that
// it was started in, writes the script to `output`, and sends a Reply (see
// workers.ts).
import { writeFileSync } from "node:fs";
import { CompileError, compile, readSource, renderDiagnostics } from "../../dist/index.js";

/** So many diagnostics are sent; to draw them all is tried all the same. */
const SENT = 300;

process.on("disconnect", () => process.exit(0));
process.on("message", ({ toml, output }) => process.send(replyTo(toml, output)));

function replyTo(toml, output) {
  try {
    writeFileSync("installer.toml", toml);
    const script = compile(readSource("installer.toml"));
    writeFileSync(output, script.text);
    writeFileSync(`${output}.body`, script.body);
    return { end: "accepted", ...told(script.warnings) };
  } catch (error) {
    return failed(error);
  }
}

function failed(error) {
  try {
    if (error instanceof CompileError) return { end: "refused", ...told(error.diagnostics) };
  } catch (inDrawing) {
    return failed(inDrawing);
  }
  return { end: "crashed", stack: String(error?.stack ?? error) };
}

/** The diagnostics without what they share, and how they are shown. */
function told(diagnostics) {
  const some = diagnostics.slice(0, SENT);
  const [shown, colored] = [false, true].map((color) => renderDiagnostics(diagnostics, { color }));
  return {
    count: diagnostics.length,
    diagnostics: some.map(({ code, severity, message, help, place, related }) => ({
      code,
      severity,
      message,
      help,
      place: place && without(place),
      related: related.map((one) => ({ message: one.message, place: without(one.place) })),
    })),
    shown: shown.slice(0, 1_000_000),
    sameInColor: colored.replace(/\x1b\[[\d;]*m/g, "") === shown,
  };
}

/** The parent has the installer.toml's text: another file's is sent. */
function without({ path, span, text }) {
  return { path, span, text: path === "installer.toml" ? undefined : text };
}
