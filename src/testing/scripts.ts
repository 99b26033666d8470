import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a script into a folder, unless it is there; its name in it. */
export function writeScript(folder: string, script: string): string {
  const sum = createHash("sha256").update(script).digest("hex").slice(0, 16);
  const name = `${sum}.install.sh`;
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, script, { mode: 0o755 });
  return name;
}
