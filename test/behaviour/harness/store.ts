import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runtimeVariable } from "./runtime-variable.js";

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

  /** The file that holds the truth: checkpoint.db or journal. */
  get file(): string {
    return this.exists("journal") ? "journal" : "checkpoint.db";
  }

  /** Runs SQL on the store, or on what its journal becomes, and returns its rows, each a line. */
  sql(statement: string): readonly string[] {
    const fromJournal = this.file === "journal";
    const db = fromJournal ? ":memory:" : this.path("checkpoint.db");
    const input = `${fromJournal ? this.#exported() : ""}${statement}\n`;
    const out = execFileSync("sqlite3", ["-batch", "-bail", "-init", "/dev/null", db], { input });
    return out.toString().split("\n").slice(0, -1);
  }

  #exported(): string {
    const program = [
      runtimeVariable("replay-text", "RT_REPLAY_TEXT"),
      runtimeVariable("replay-rows", "RT_REPLAY_ROWS"),
      runtimeVariable("replay-show", "RT_REPLAY_SHOW"),
      runtimeVariable("replay", "RT_REPLAY"),
    ].join("\n");
    const args = ["-v", "readonly=export", program];
    const options = { cwd: this.dir, env: { ...process.env, LC_ALL: "C" }, input: "" };
    return `${runtimeVariable("schema", "RT_SCHEMA")}\n${execFileSync("awk", args, options).toString()}`;
  }
}
