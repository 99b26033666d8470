import type { Plan } from "../3-plan/plan.js";
import type { Script } from "../4-render/script.js";
import { InternalError } from "../diagnostics/diagnostic.js";
import { functionsOfConditions } from "../condition-calls.js";
import { isPlainSh } from "../interpreter.js";
import { checksOf, REQUIREMENTS_CHECK } from "../requirements.js";

const DEFINITION = /^(rt_\w+) ?\(\)/gm;

/** A word where a command may stand: a call, but for `rt_name=value`. */
const CALL =
  /(?:^|[;&|(){}!'"`]|\b(?:then|do|else|elif|if|while|until|eval|exec|trap)\b)[ \t]*(rt_\w+)(?![\w=[($-])/gm;

/** What stands between an author's texts and the runtime: see body.hbs. */
const BANNER = /^# #+ the machinery$/gm;

/**
 * Every function of the runtime that the script calls is in it, once. What is
 * asked is the runtime alone: an author's words may be `rt_` ones as well.
 */
export function checkRuntimeCalls({ body, plan, calls }: Script): void {
  const banner = [...body.matchAll(BANNER)].at(-1);
  if (banner === undefined) throw new InternalError("the script has no runtime");
  const own = body.slice(banner.index);
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
  for (const name of [...calledBySteps(plan), ...calls]) {
    if (!defined.has(name)) {
      throw new InternalError(`a step calls ${name}, which the script does not define`);
    }
  }
}

/** What the templates call, around the author's texts as well. */
function calledBySteps({ steps, requirements }: Plan): string[] {
  return [
    ...(requirements ? [REQUIREMENTS_CHECK, ...checksOf(requirements).map((check) => `rt_require_${check}`)] : []),
    ...(steps.some((step) => step.verification.length > 0) ? ["rt_verify"] : []),
    ...(steps.some((step) => step.script && !isPlainSh(step.script.interpreter)) ? ["rt_interpret"] : []),
    ...steps.flatMap(functionsOfConditions),
    ...(steps.some((step) => step.timing || step.onFailure) ? ["rt_timing", "rt_failure_end"] : []),
    ...(steps.some((step) => step.exports !== undefined) ? ["rt_exports_take"] : []),
  ];
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
