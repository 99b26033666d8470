import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The checkpoint directory of one installer, as a person finds it. */
export class Store {
  constructor(readonly dir: string) {}

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  exists(...parts: string[]): boolean {
    return existsSync(this.path(...parts));
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  list(...parts: string[]): readonly string[] {
    return readdirSync(this.path(...parts)).sort();
  }

  mode(...parts: string[]): string {
    return (statSync(this.path(...parts)).mode & 0o7777).toString(8);
  }

  /** Runs SQL on checkpoint.db and returns its rows, each a line. */
  sql(statement: string): readonly string[] {
    const db = this.path("checkpoint.db");
    const out = execFileSync("sqlite3", ["-batch", db, statement]);
    return out.toString().split("\n").slice(0, -1);
  }
}
