import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SHARED } from "./namespace-root.js";
import { linkPrograms, linkSh } from "./programs.js";
import type { SandboxOptions } from "./sandbox.js";

/** Where programs are in a root that is not this machine's. */
const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Makes the folder that all roots of a sandbox share, with an `sh` of the
 * shell that is asked for. Gives the PATH of the roots; `lower` is where
 * their file system is seen.
 */
export function makeShared(shared: string, lower: string, options: SandboxOptions): string {
  mkdirSync(shared);
  // The host's own sh is there without that, and would call itself.
  if (options.shell[0] !== "sh") linkSh(join(shared, "bin"), options.shell);
  const path = options.env["PATH"] ?? (lower === "/" ? process.env["PATH"] : ROOT_PATH) ?? "";
  if (options.store === "sqlite") return `${SHARED}/bin:${path}`;
  linkPrograms(join(shared, "programs"), path, ["sqlite3"], lower);
  return `${SHARED}/bin:${SHARED}/programs`;
}
