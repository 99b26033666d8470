import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import type { Bench } from "./harness.js";

/** What a script with a store is made of. */
export const MODULES = ["store", "schema", "folder"];

/** The checkpoint directory, below the bench. */
export const FOLDER = `rt_base=$PWD/base
rt_folder_find
rt_folder_open
`;

/** An open store. */
export const OPEN = `${FOLDER}rt_store_open rw
`;

/** The database as another program reads it. */
export function query(bench: Bench, sql: string): string {
  const { stdout, stderr } = spawnSync(
    "sqlite3",
    ["-batch", "-init", "/dev/null", "-cmd", ".timeout 10000", bench.path("base/demo/checkpoint.db"), sql],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout.trimEnd();
}
