import type { SyntaxTree } from "../1-parse/parse.js";
import type { StepToml } from "../2-validate/schema.js";
import type { PlanStep } from "../3-plan/plan.js";
import type { AuthorText } from "./author-texts.js";

type Path = readonly (string | number)[];

/** The commands among a step's conditions. */
export function conditionTexts(
  { id }: PlanStep,
  step: StepToml | undefined,
  path: Path,
  tree: SyntaxTree,
): AuthorText[] {
  const texts: AuthorText[] = [];
  const add = (key: string, text: string, at: Path): void => {
    texts.push({
      what: `\`${key}\` of step \`${id}\``,
      text: text.endsWith("\n") ? text : `${text}\n`,
      shell: "sh",
      embedded: true,
      placeOf: (line) => tree.lineAt(at, line),
    });
  };
  for (const key of ["when", "unless"] as const) {
    const text = step?.[key];
    if (text !== undefined) add(key, text, [...path, key]);
  }
  for (const table of ["preconditions", "postconditions"] as const) {
    const commands = step?.[table]?.command_succeeds ?? [];
    const at = [...path, table, "command_succeeds"];
    if (typeof commands === "string") add("command_succeeds", commands, at);
    else commands.forEach((text, index) => add("command_succeeds", text, [...at, index]));
  }
  return texts;
}
