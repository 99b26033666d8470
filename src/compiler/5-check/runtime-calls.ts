import type { Plan } from "../3-plan/plan.js";
import type { Script } from "../4-render/script.js";
import { InternalError } from "../diagnostics/diagnostic.js";

const DEFINITION = /^(rt_\w+) ?\(\)/gm;

/** A word where a command may stand: a call, but for `rt_name=value`. */
const CALL =
  /(?:^|[;&|(){}!'"`]|\b(?:then|do|else|elif|if|while|until|eval|exec|trap)\b)[ \t]*(rt_\w+)(?![\w=[($-])/gm;

/** Every function of the runtime that the script calls is in it, once. */
export function checkRuntimeCalls(script: Script): void {
  const own = withoutAuthorTexts(script.body, script.plan);
  const defined = new Set<string>();
  for (const [, name] of own.matchAll(DEFINITION)) {
    if (defined.has(name as string)) {
      throw new InternalError(`the runtime defines ${name} twice`);
    }
    defined.add(name as string);
  }
  for (const call of own.matchAll(CALL)) {
    const name = call[1] as string;
    if (!defined.has(name) && !isNoCall(own, call)) {
      throw new InternalError(`the runtime calls ${name}, which the script does not define`);
    }
  }
}

/** A variable in `${…}` or `((…))`, a word of a continued line, a comment. */
function isNoCall(text: string, call: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, call.index - 3), call.index + 1);
  if (/\$\{$|\(\($/.test(before)) return true;
  const lineStart = text.lastIndexOf("\n", call.index + call[0].search(/rt_/)) + 1;
  const line = text.slice(lineStart, call.index + 1);
  if (/^\s*#/.test(line)) return true;
  const previous = text.slice(text.lastIndexOf("\n", lineStart - 2) + 1, lineStart - 1);
  return call.index <= lineStart && /\\$/.test(previous) && !/[|&;] *\\$/.test(previous);
}

/** What an author calls `rt_…` is no concern of the runtime's. */
function withoutAuthorTexts(body: string, plan: Plan): string {
  const kept: string[] = [];
  let at = 0;
  for (const step of plan.steps) {
    const texts = [step.script?.text, step.checkpoint?.rollback];
    for (const text of texts) {
      if (text === undefined || !text.includes("rt_")) continue;
      const found = body.indexOf(text, at);
      if (found < 0) continue;
      kept.push(body.slice(at, found));
      at = found + text.length;
    }
  }
  return kept.join("") + body.slice(at);
}
