/** A state file's path, taken apart: from where it is reckoned, and the rest. */
export interface StatePath {
  /** As the author wrote it: empty for an absolute path. */
  readonly head: "" | "~" | "$HOME" | "${HOME}";
  readonly parts: readonly string[];
}

/** Undefined for a path that says nothing on another host: a relative one. */
export function parseStatePath(path: string): StatePath | undefined {
  const match = /^(~|\$HOME|\$\{HOME\}|)(\/[^]*)?$/.exec(path);
  if (match === null || path === "") return undefined;
  const head = match[1] as StatePath["head"];
  const parts = (match[2] ?? "")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  return { head, parts };
}

/** Without doubled and trailing slashes and `.`; the head stays as it was. */
export function formatStatePath({ head, parts }: StatePath): string {
  return `${head}/${parts.join("/")}`;
}

/** Equal for all spellings of one path; a folder's is the start of its files'. */
export function statePathKey({ head, parts }: StatePath): string {
  return [head === "" ? "/" : "~", ...parts, ""].join("\0");
}
