// The one sqlite3 of a call: its answers, its lock, its death.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";
import { byLabel, LABELS, NASTY } from "./nasty.js";

const MODULES = ["store", "schema", "folder"];

const FOLDER = `rt_base=$PWD/base
rt_folder_find
rt_folder_open
`;

/** An open store. */
const OPEN = `${FOLDER}rt_store_open rw
`;

/** Ends the sqlite3 of this call, for good. */
const KILL = `kill -s KILL "$rt_store_pid"
wait "$rt_store_pid" 2>/dev/null
`;

/** The database as another program reads it. */
function query(bench: Bench, sql: string): string {
  const { stdout, stderr } = spawnSync(
    "sqlite3",
    ["-batch", "-init", "/dev/null", "-cmd", ".timeout 10000", bench.path("base/demo/checkpoint.db"), sql],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout.trimEnd();
}

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
  inEachShell("store", (shell) => {
    it("rt_store_ask has the last line of the answer, and rt_store_each every one", async () => {
      const bench = new Bench(shell);
      const lines = `${OPEN}
rt_store_ask "SELECT 'one'; SELECT '  two \\ -n *  ';"
put "$RT_REPLY"
rt_store_ask "SELECT 1 WHERE 0;"
put "[$RT_REPLY]"
rt_store_ask "CREATE TABLE t(x);INSERT INTO t VALUES(1),(2),(3);"
each() { put "each $1"; }
rt_store_each each "SELECT x FROM t; SELECT ''; SELECT ' . ';"
rt_store_each each "SELECT x FROM t WHERE 0;"
rt_store_ask "SELECT sum(x) FROM t;"
put "$RT_REPLY"
rt_store_close`;
      expect(await bench.values(MODULES, lines)).toEqual([
        "  two \\ -n *  ",
        "[]",
        ...["1", "2", "3", "", " . "].map((x) => `each ${x}`),
        "6",
      ]);
      expect(query(bench, "SELECT group_concat(x) FROM t;")).toBe("1,2,3");
    });

    it("takes any text in, by the runtime's own quoting", async () => {
      const bench = new Bench(shell);
      const inserts = Object.values(NASTY).map(
        (text, i) => `rt_text_sql ${sh(text)}\nrt_store_ask "INSERT INTO t VALUES(${i},$RT_REPLY);"`,
      );
      await bench.values(MODULES, `${OPEN}rt_store_ask "CREATE TABLE t(i,x);"\n${inserts.join("\n")}\nrt_store_close`);
      const found = query(bench, "SELECT hex(x) FROM t ORDER BY i;").split("\n");
      expect(byLabel(found.map((hex) => Buffer.from(hex, "hex").toString()))).toEqual(NASTY);
      expect(found.length).toBe(LABELS.length);
    });

    it("has what it answered on the disk, whatever becomes of the script", async () => {
      const bench = new Bench(shell);
      const running = bench.start(
        MODULES,
        `${OPEN}rt_store_ask "CREATE TABLE t(x);INSERT INTO t VALUES('kept');"\nready\nsleep 60`,
      );
      await bench.ready(running);
      running.signalGroup("SIGKILL");
      await running.result;
      expect(query(bench, "SELECT x FROM t;")).toBe("kept");
    });

    it("opens the store again where sqlite3 was killed, once", async () => {
      const bench = new Bench(shell);
      const { exit, stdout, stderr } = await bench.run(
        MODULES,
        `${OPEN}rt_store_ask "CREATE TABLE t(x);INSERT INTO t VALUES('before');"
rt_first=$rt_store_pid
${KILL}rt_store_ask "INSERT INTO t VALUES('after');"
put "$RT_REPLY"
rt_store_ask "SELECT group_concat(x) FROM t;"
put "$RT_REPLY"
rt_store_ask "SELECT count(*) FROM steps;"
put "$RT_REPLY"
[ "$rt_first" != "$rt_store_pid" ] && put "another one"
${KILL}rt_store_ask "INSERT INTO t VALUES('never');"
put "not here"`,
      );
      expect(stdout.split("\0")).toEqual(["", "before,after", "0", "another one", ""]);
      expect(exit).toBe(5);
      expect(stderr).toContain("demo: the checkpoint store cannot be used");
      expect(query(bench, "SELECT group_concat(x) FROM t;")).toBe("before,after");
      expect(readdirSync(bench.path("base/demo")).filter((name) => name.startsWith(".tmp"))).toEqual([]);
    });

    it("rt_store_each gives each line once, also where sqlite3 was killed before it", async () => {
      const lines = `${OPEN}
each() { put "$1"; }
${KILL}rt_store_each each "SELECT 'one';SELECT 'two';"`;
      const { exit, stdout } = await new Bench(shell).run(MODULES, `${lines}\nput end\nrt_exit 0`);
      // It may also refuse: then not with half an answer.
      if (exit === 0) expect(stdout.split("\0")).toEqual(["one", "two", "end", ""]);
      else expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
    });

    it("ends the call where a transaction of many parts lost its sqlite3", async () => {
      const bench = new Bench(shell);
      const { exit, stdout } = await bench.run(
        MODULES,
        `${OPEN}rt_store_ask "CREATE TABLE t(x);"
rt_store_begin_all
rt_store_ask "INSERT INTO t VALUES(1);"
${KILL}rt_store_ask "INSERT INTO t VALUES(2);"
rt_store_commit_all
put "not here"`,
      );
      expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
      expect(query(bench, "SELECT count(*) FROM t;")).toBe("0");
    });

    it("keeps nothing of a transaction that a refusal ends", async () => {
      const bench = new Bench(shell);
      const lines = `${OPEN}rt_store_ask "CREATE TABLE t(x);"
rt_store_begin_all
rt_store_ask "INSERT INTO t VALUES(1);"
rt_die 2 "refused"`;
      expect((await bench.run(MODULES, lines)).exit).toBe(2);
      expect(query(bench, "SELECT count(*) FROM t;")).toBe("0");
    });

    it("dies with what sqlite3 says of a wrong statement", async () => {
      const { exit, stderr } = await new Bench(shell).run(
        MODULES,
        `${OPEN}rt_store_ask "SELECT nonsense FROM nowhere;"\nput "not here"`,
      );
      expect(exit).toBe(5);
      expect(stderr).toContain("nowhere");
      expect(stderr).toContain("checkpoint.db");
    });

    it("holds a lock: a second call exits with 4, and may read", async () => {
      const bench = new Bench(shell);
      const running = bench.start(
        MODULES,
        `${OPEN}rt_store_ask "CREATE TABLE t(x);INSERT INTO t VALUES('mine');"
ready
while [ ! -e "$TEST_BENCH/go" ]; do sleep 0.02; done
rt_store_ask "INSERT INTO t VALUES('still mine');"
rt_exit 0`,
      );
      await bench.ready(running);
      const second = await bench.run(MODULES, `${OPEN}put "not here"`);
      expect({ exit: second.exit, stdout: second.stdout }).toEqual({ exit: 4, stdout: "" });
      expect(second.stderr).toContain("another run holds the lock");
      const reader = `${FOLDER}rt_store_open ro\nrt_store_ask "SELECT x FROM t;"\nput "$RT_REPLY"\nrt_store_close`;
      expect(await bench.values(MODULES, reader)).toEqual(["mine"]);
      writeFileSync(bench.path("go"), "");
      expect((await running.result).exit).toBe(0);
      const third = `${OPEN}rt_store_ask "SELECT count(*) FROM t;"\nput "$RT_REPLY"\nrt_store_close`;
      expect(await bench.values(MODULES, third)).toEqual(["2"]);
    });

    it("frees the lock when the call is killed", async () => {
      const bench = new Bench(shell);
      const running = bench.start(MODULES, `${OPEN}ready\nsleep 60`);
      await bench.ready(running);
      // The script alone: its sqlite3 sees the end of its input.
      running.signal("SIGKILL");
      await running.result;
      running.endGroup();
      const after = `${OPEN}put "mine now"\nrt_store_close`;
      expect(await bench.values(MODULES, after)).toEqual(["mine now"]);
    });

    it("opened to read, it changes nothing and refuses to write", async () => {
      const bench = new Bench(shell);
      await bench.values(MODULES, `${OPEN}rt_store_close`);
      const before = readFileSync(bench.path("base/demo/checkpoint.db"));
      const { exit } = await bench.run(
        MODULES,
        `${FOLDER}rt_store_open ro\nrt_store_ask "DELETE FROM installer_runs;"\nput "not here"`,
      );
      expect(exit).toBe(5);
      expect(readFileSync(bench.path("base/demo/checkpoint.db"))).toEqual(before);
    });

    it("leaves one plain file, and no pipes", async () => {
      const bench = new Bench(shell);
      await bench.values(MODULES, `${OPEN}rt_store_ask "CREATE TABLE t(x);"\nrt_store_close\nrt_store_close`);
      const left = readdirSync(bench.path("base/demo"), { withFileTypes: true });
      const files = left.filter((one) => !one.isDirectory()).map((one) => one.name);
      expect(files.filter((name) => !name.startsWith("lock.db"))).toEqual(["checkpoint.db"]);
      expect(left.filter((one) => one.name.startsWith(".tmp"))).toEqual([]);
      expect(query(bench, "PRAGMA journal_mode;")).toBe("delete");
      expect(readdirSync(bench.root).filter((name) => name.includes("fifo"))).toEqual([]);
    });

    it("needs sqlite3, and says how to get it", async () => {
      const bench = new Bench(shell);
      const path = bench.programs("few", ["printf", "rm"]);
      const { exit, stderr } = await bench.run(["store"], `PATH=${sh(path)}\nrt_store_need\nput "not here"`);
      expect(exit).toBe(3);
      expect(stderr).toContain("this host has no sqlite3");
      expect(stderr).toContain("package manager");
      writeFileSync(bench.path("few", "apk"), "#!/bin/sh\n", { mode: 0o755 });
      const other = await bench.run(["store"], `PATH=${sh(path)}\nrt_store_need`);
      expect(other.stderr).toContain("apk add sqlite");
    });
  });

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
      expect(existsSync(bench.path("base/demo/lock.db"))).toBe(true);
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
