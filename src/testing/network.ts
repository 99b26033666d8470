import type { PlanStep } from "../compiler/3-plan/plan.js";

/** A URL, up to what a shell or a quote would end it with. */
const URL = /\b(?:https?|ftp):\/\/[^\s"'`;|&<>()]+/;
/** Programs that fetch something, where a command can stand. */
const FETCHER =
  /(?:^|[\s;|&(])(curl|wget|fetch|git clone|npm (?:install|ci|i)|pip3? install|apt-get|apk add|dnf install)\b/m;

/** What a step downloads, or with which program; undefined if nothing shows. */
export function downloads(step: PlanStep): string | undefined {
  const texts = [step.script?.text ?? "", ...step.verification.map(({ cmd }) => cmd)];
  const text = texts.join("\n");
  return URL.exec(text)?.[0] ?? FETCHER.exec(text)?.[1];
}
