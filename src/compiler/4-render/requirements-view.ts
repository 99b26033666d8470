import { type Check, checksOf, formatSystem, type SpecRequirements } from "../requirements.js";
import { comment, name, type ShellText, word } from "./shell-word.js";

/** A requirement: the words for a reader, and what its check is called with. */
interface Demand {
  readonly text: string;
  readonly arguments: readonly string[];
}

function demand(check: Check, asked: SpecRequirements): Demand {
  const { arch, commands, diskSpace } = asked;
  const os = asked.os.map(formatSystem);
  switch (check) {
    case "os":
      return { text: `os: ${list(os, "or")}`, arguments: os };
    case "arch":
      return { text: `arch: ${list(arch, "or")}`, arguments: arch };
    case "privileges":
      return { text: "privileges: root", arguments: ["root"] };
    case "network":
      return { text: "network", arguments: [] };
    case "commands":
      return { text: `commands: ${list(commands, "and")}`, arguments: commands };
    case "disk":
      return { text: `disk space: ${diskSpace?.text}`, arguments: [String(diskSpace?.kib), diskSpace?.text ?? ""] };
  }
}

/** For the comment at the top, and for the function that asks. */
export function requirementsView(asked: SpecRequirements | undefined): {
  readonly needs: readonly (readonly ShellText[])[];
  readonly requirements: readonly (readonly object[])[];
} {
  if (asked === undefined) return { needs: [], requirements: [] };
  const demands = checksOf(asked).map((check) => ({ check, ...demand(check, asked) }));
  return {
    needs: [demands.map(({ text }) => comment(text))],
    requirements: [
      demands.map((one) => ({ check: name(one.check), arguments: one.arguments.map(word) })),
    ],
  };
}

const MODULES: Readonly<Record<Check, string>> = {
  os: "require-os",
  arch: "require",
  privileges: "require",
  network: "require-network",
  commands: "require",
  disk: "require-disk",
};

/** The runtime modules that these requirements need. */
export function requirementModules(asked: SpecRequirements | undefined): string[] {
  return asked === undefined ? [] : checksOf(asked).map((check) => MODULES[check]);
}

function list(items: readonly string[], joint: "and" | "or"): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${joint} ${last}`;
}
