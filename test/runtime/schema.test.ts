// The tables of the store, what is refused as one, and its views.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";
import { MODULES, OPEN, query } from "./open-store.js";

/** A row of a run, and of each of its steps: "STATUS SEQ CHECKPOINT". */
function rows(run: number, steps: readonly string[], undoing = 0): string {
  const values = steps.map((step, i) => {
    const [status = "", seq = "NULL", checkpoint = "0"] = step.split(" ");
    return `(${run},${i + 1},'s${i + 1}','Step','${status}','f',${checkpoint},0,0,'',${undoing},${seq})`;
  });
  return `INSERT INTO installer_runs VALUES(${run},'run-${run}','demo','1.0','f','x','running','t',NULL,NULL);
INSERT INTO step_checkpoints(run,ord,step,name,status,fingerprint,checkpoint,atomic,irreversible,depends,undoing,seq)
VALUES ${values.join(",\n")};`;
}

describe.runIf(findTool("sqlite3"))("", () => {
  inEachShell("schema", (shell) => {
    /** Makes a store, changes it as said, and opens it again. */
    async function reopened(change: (bench: Bench) => void) {
      const bench = new Bench(shell);
      await bench.values(MODULES, `${OPEN}rt_store_close`);
      change(bench);
      const file = bench.path("base/demo/checkpoint.db");
      const before = readFileSync(file);
      const ran = await bench.run(MODULES, `${OPEN}put "not here"`);
      expect(readFileSync(file), "nothing was changed").toEqual(before);
      expect(ran.stderr).toContain(file);
      return ran;
    }

    it("refuses a newer schema", async () => {
      const { exit, stdout, stderr } = await reopened((bench) => query(bench, "PRAGMA user_version=7;"));
      expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
      expect(stderr).toContain("newer schema");
      expect(stderr).toContain("7");
    });

    it.each(["no database", "half a database", "zeroes in the middle"])("refuses %s", async (what) => {
      const { exit, stdout, stderr } = await reopened((bench) => {
        const file = bench.path("base/demo/checkpoint.db");
        if (what === "no database") writeFileSync(file, "this is not a database, and long enough to tell\n".repeat(50));
        else if (what === "half a database") truncateSync(file, 4096 * 2);
        else {
          const bytes = readFileSync(file);
          bytes.fill(0xff, 4096, 4096 * 3);
          writeFileSync(file, bytes);
        }
      });
      expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
      expect(stderr).toContain("damaged");
    });

    it("takes an empty file for a new store", async () => {
      const bench = new Bench(shell);
      mkdirSync(bench.path("base/demo"), { recursive: true, mode: 0o700 });
      writeFileSync(bench.path("base/demo/checkpoint.db"), "");
      await bench.values(MODULES, `${OPEN}rt_store_close`);
      expect(query(bench, "PRAGMA user_version;")).toBe("1");
    });

    it("has the tables of the design, and refuses another status", async () => {
      const bench = new Bench(shell);
      await bench.values(MODULES, `${OPEN}rt_store_close`);
      expect(query(bench, "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1);")).toBe(
        "artifact_verifications,installer_runs,state_files,step_checkpoints",
      );
      // One page, which is written whole: one in two pages could be torn by a kill.
      expect(statSync(bench.path("base/demo/lock.db")).size).toBe(4096);
      const { exit, stderr } = await bench.run(MODULES, `${OPEN}rt_store_ask ${sh(rows(1, ["done"]))}`);
      expect(exit).toBe(5);
      expect(stderr).toContain("CHECK");
    });

    it("the view steps knows what is settled", async () => {
      const bench = new Bench(shell);
      const cases: readonly (readonly [steps: readonly string[], settled: string, undoing?: number])[] = [
        [["completed 2 1"], "1"],
        [["completed 2 0"], "0"],
        // A later step's checkpoint settles those before it.
        [["completed 2 0", "completed 4 0", "completed 6 1"], "111"],
        [["completed 2 1", "completed 4 0", "failed 6 1"], "100"],
        // Later by its time, not by its place: a step that was run again.
        [["completed 8 0", "completed 6 1"], "01"],
        [["completed 5 0", "completed 6 1"], "11"],
        [["skipped NULL 0", "pending NULL 1"], "10"],
        [["running 3 1", "failed 4 1", "rolled_back 6 1", "pending NULL 1"], "0000"],
        [["completed 2 1", "completed 4 1"], "00", 1],
      ];
      const inserts = cases.map(([steps, , undoing], i) => rows(i + 1, steps, undoing)).join("\n");
      const lines = `${OPEN}rt_store_ask ${sh(inserts)}
each() { put "$1"; }
rt_store_each each "SELECT group_concat(settled,'') FROM (SELECT run,settled FROM steps ORDER BY run,ord) GROUP BY run;"
rt_store_close`;
      expect(await bench.values(MODULES, lines)).toEqual(cases.map(([, settled]) => settled));
    });

    it("the views states and rollbacks write a rollback that sh runs, and a state file that is JSON", async () => {
      const bench = new Bench(shell);
      const rollback = "printf '%s\\n' \"$WAYMARK_STEP\" \"$PWD\" 'it''s' \\\\ \"$WAYMARK_WORK\"\n";
      const path = `a "path"\n'with' \\ all`;
      const sql = `${rows(1, ["completed 1 1", "completed 2 0"])}
UPDATE step_checkpoints SET name='it''s "a" name', rollback=CAST(X'${Buffer.from(rollback).toString("hex")}' AS TEXT) WHERE ord=1;
INSERT INTO state_files(run,ord,n,path,post_kind,post_digest,post_mode,post_owner,post_size) VALUES
(1,1,1,CAST(X'${Buffer.from(path).toString("hex")}' AS TEXT),'file','abc','0644','0:0',5),
(1,1,2,'/gone','absent','','','',NULL);`;
      const lines = `${OPEN}rt_store_ask ${sh(sql)}
rt_store_ask "SELECT sum(writefile(path,text)) FROM states;SELECT sum(writefile(path,text)) FROM rollbacks;"
rt_store_close`;
      const base = "it's a base";
      await bench.values(MODULES, lines.replace("$PWD/base", `$PWD/${base.replaceAll("'", "\\'").replaceAll(" ", "\\ ")}`));
      const dir = bench.path(base, "demo");
      const state = JSON.parse(readFileSync(`${dir}/state/s1.json`, "utf8")) as Record<string, unknown>;
      expect(state).toMatchObject({
        installer: "demo",
        version: "1.0",
        run: "run-1",
        step: "s1",
        name: 'it\'s "a" name',
        status: "completed",
        state_files: [
          { path, kind: "file", sha256: "abc", mode: "0644", size: 5 },
          { path: "/gone", kind: "absent", sha256: null, mode: null, size: null },
        ],
      });
      const [command, ...words] = shell.command;
      const ran = spawnSync(command, [...words, `${dir}/rollback/s1.sh`], { encoding: "utf8", cwd: "/" });
      expect(ran).toMatchObject({ status: 0, stderr: "" });
      expect(ran.stdout.split("\n")).toEqual(["s1", `${dir}/work`, "its", "\\", `${dir}/work`, ""]);
      const none = spawnSync(command, [...words, `${dir}/rollback/s2.sh`], { encoding: "utf8", cwd: "/" });
      expect(none).toMatchObject({ status: 0, stderr: "", stdout: "" });
    });
  });
});
