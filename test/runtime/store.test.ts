// The one sqlite3 of a call: its answers, its lock, its death.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";
import { byLabel, LABELS, NASTY } from "./nasty.js";
import { FOLDER, MODULES, OPEN, query } from "./open-store.js";

/** Ends the sqlite3 of this call, for good. */
const KILL = `kill -s KILL "$rt_store_pid"
wait "$rt_store_pid" 2>/dev/null
`;

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
      const { exit, stderr } = await bench.run(["store"], `PATH=${sh(path)}\nrt_dir=$PWD\nrt_store_need rw\nput "not here"`);
      expect(exit).toBe(3);
      expect(stderr).toContain("this host has no sqlite3");
      expect(stderr).toContain("package manager");
      writeFileSync(bench.path("few", "apk"), "#!/bin/sh\n", { mode: 0o755 });
      const other = await bench.run(["store"], `PATH=${sh(path)}\nrt_dir=$PWD\nrt_store_need rw`);
      expect(other.stderr).toContain("apk add sqlite");
    });
  });
});
