import { posix } from "node:path";
import type { SyntaxTree } from "../1-parse/parse.js";
import type { InstallerToml } from "../2-validate/schema.js";
import type { Plan, PlanStep } from "../3-plan/plan.js";
import { programOf } from "../interpreter.js";
import { LineTable, type Place } from "../source.js";
import { conditionTexts } from "./condition-texts.js";

/** A piece of shell that the author wrote, and where its lines stand. */
export interface AuthorText {
  /** In a message: "the rollback of step `a`". */
  readonly what: string;
  readonly text: string;
  readonly shell: "sh" | "bash";
  /** Whether it becomes the body of a function, or else a file of its own. */
  readonly embedded: boolean;
  readonly placeOf: (line: number) => Place;
}

/** All that a shell of this machine can be asked about, step by step. */
export function authorTexts(plan: Plan, tree: SyntaxTree): AuthorText[] {
  const toml = tree.value as InstallerToml;
  const indexOf = new Map(toml.step.map((step, index) => [step.id, index]));
  return plan.steps.flatMap((step) => {
    const path = ["step", indexOf.get(step.id) ?? 0];
    return [
      ...scriptText(step, toml.step[path[1] as number]?.script?.file, path, tree),
      ...rollbackText(step, path, tree),
      ...step.verification.map(({ cmd }, index): AuthorText => ({
        what: `a verification command of step \`${step.id}\``,
        text: cmd.endsWith("\n") ? cmd : `${cmd}\n`,
        shell: "sh",
        embedded: true,
        placeOf: (line) =>
          tree.lineAt([...path, "verification", "commands", index, "cmd"], line),
      })),
      ...conditionTexts(step, toml.step[path[1] as number], path, tree),
    ];
  });
}

function scriptText(
  step: PlanStep,
  file: string | undefined,
  path: readonly (string | number)[],
  tree: SyntaxTree,
): AuthorText[] {
  const { script } = step;
  const shell = script === undefined ? undefined : shellOf(script.interpreter);
  if (script === undefined || shell === undefined) return [];
  const inFile = (line: number): Place => {
    const lines = new LineTable(script.text);
    // The text ends in a newline, behind which there is no line to show.
    const span = lines.lineSpan(Math.min(line, lines.lines - 1));
    return { path: besides(tree.source.path, file ?? ""), text: script.text, span };
  };
  const inToml = (line: number): Place =>
    tree.lineAt([...path, "script", "content"], line);
  return [
    {
      what: `the script of step \`${step.id}\``,
      text: script.text,
      shell,
      embedded: script.interpreter.join(" ") === "sh",
      placeOf: file === undefined ? inToml : inFile,
    },
  ];
}

function rollbackText(
  step: PlanStep,
  path: readonly (string | number)[],
  tree: SyntaxTree,
): AuthorText[] {
  const text = step.checkpoint?.rollback;
  if (text === undefined) return [];
  return [
    {
      what: `the rollback of step \`${step.id}\``,
      text,
      shell: "sh",
      embedded: true,
      placeOf: (line) => tree.lineAt([...path, "checkpoint", "rollback"], line),
    },
  ];
}

/** The shell that can be asked: other interpreters have no such question. */
function shellOf(interpreter: readonly string[]): "sh" | "bash" | undefined {
  const program = programOf(interpreter);
  if (program === "sh" || program === "dash") return "sh";
  return program === "bash" ? "bash" : undefined;
}

function besides(tomlPath: string, file: string): string {
  return posix.isAbsolute(file) ? file : posix.join(posix.dirname(tomlPath), file);
}
