// What a step started is found and ended, wherever it went, and no more.
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { commandOf } from "../behaviour/harness/process.js";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";

/**
 * A nap of a hundredth of a second, and no attempt's mark as yet. Some shells
 * tell of each child that a signal ended.
 */
const QUICK = `exec 2>notices
rt_nap() { sleep 0.01; }
rt_mark_env=no-run-of-mine/0.0. rt_mark_log=/no-log-of-mine
`;

/**
 * Waits until the files are there: what has written them is up. Each holds
 * the number of the process that wrote it.
 */
function up(...names: readonly string[]): string {
  return names.map((name) => `while [ ! -s ${name} ]; do sleep 0.01; done\n`).join("");
}

/** A program that says who it is and sleeps; `before` goes in front. */
function sleeper(name: string, before = ""): string {
  return `sh -c '${before} echo $$ >${name}.new; mv ${name}.new ${name}; exec sleep 300'`;
}

/** Starts a child that ends once its parent is another program. */
const ZOMBIE = `sh -c 'until grep -q sleep "/proc/$PPID/comm"; do :; done' &
echo $! >zombie.new
mv zombie.new zombie
exec sleep 300`;

/** Those of the processes that are still there, by name. */
function alive(bench: Bench, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const pid = Number(readFileSync(bench.path(name), "utf8"));
    expect(pid).toBeGreaterThan(1);
    return commandOf(pid) !== "";
  });
}

inEachShell("process", (shell) => {
  it("rt_process_end ends a child with all that it started", async () => {
    const bench = new Bench(shell);
    const lines = `${QUICK}
sh -c '${sleeper("grandchild").replaceAll("'", `'\\''`)} & ${sleeper("other").replaceAll("'", `'\\''`)} & wait' &
rt_child=$!
${sleeper("bystander")} >/dev/null &
${up("grandchild", "other", "bystander")}
rt_process_end "$rt_child"
put "$?"`;
    expect(await bench.values(["process"], lines)).toEqual(["0"]);
    expect(alive(bench, ["grandchild", "other", "bystander"])).toEqual(["bystander"]);
  });

  it("rt_process_end ends what ignores TERM", async () => {
    const bench = new Bench(shell);
    const lines = `${QUICK}
${sleeper("stubborn", 'trap "" TERM;')} &
rt_child=$!
${up("stubborn")}
rt_process_end "$rt_child"
put "$?"`;
    expect(await bench.values(["process"], lines)).toEqual(["0"]);
    expect(alive(bench, ["stubborn"])).toEqual([]);
  });

  it("rt_process_end lets a child clean up after itself, and one that is stopped", async () => {
    const bench = new Bench(shell);
    const tidy = (name: string): string =>
      sh(`trap 'echo tidy >${name}-end; exit 0' TERM; echo $$ >${name}; while :; do sleep 0.05; done`);
    const lines = `${QUICK}
sh -c ${tidy("running")} &
rt_child=$!
sh -c ${tidy("stopped")} &
rt_other=$!
${up("running", "stopped")}
kill -s STOP "$rt_other"
rt_process_end "$rt_child" "$rt_other"`;
    await bench.values(["process"], lines);
    expect(alive(bench, ["running", "stopped"])).toEqual([]);
    for (const name of ["running", "stopped"]) {
      expect(readFileSync(bench.path(`${name}-end`), "utf8")).toBe("tidy\n");
    }
  });

  it("rt_process_end of what has ended is no error", async () => {
    const lines = `${QUICK}
sh -c 'exit 3' &
rt_child=$!
wait "$rt_child"
rt_process_end "$rt_child"
put "$?"
rt_process_end
put "$?"`;
    expect(await new Bench(shell).values(["process"], lines)).toEqual(["0", "0"]);
  });

  it("rt_process_end leaves a dead child to the shell's wait", async () => {
    const lines = `${QUICK}
sh -c 'trap "exit 7" TERM; echo $$ >up; while :; do sleep 0.05; done' &
rt_child=$!
${up("up")}
rt_process_end "$rt_child"
rt_child_wait
put "$rt_status"`;
    expect(await new Bench(shell).values(["process", "step"], lines)).toEqual(["7"]);
  });

  it.runIf(findTool("setsid") && existsSync("/proc/self/environ"))(
    "rt_process_end finds daemons by their environment or their output, and no others",
    async () => {
      const bench = new Bench(shell);
      // A daemon's parent is gone: nothing but the mark leads to it.
      const daemon = (name: string, env: string, out: string): string =>
        `(${env} setsid ${sleeper(name)} </dev/null >${out} 2>&1 &)\n`;
      const lines = `${QUICK}
rt_mark_env=run-1/3.1. rt_mark_log=$PWD/step.1.log
${daemon("by-env", "WAYMARK_RUN=run-1/3.1.", "/dev/null")}
${daemon("by-output", "WAYMARK_RUN=", "step.1.log")}
${daemon("with-a-child", "WAYMARK_RUN=run-1/3.1.", "/dev/null").replace(
  "exec sleep 300",
  `env -u WAYMARK_RUN sleep 300 & echo $! >child.new; mv child.new child; wait`,
)}
${daemon("another-step", "WAYMARK_RUN=run-1/13.1.", "/dev/null")}
${daemon("another-attempt", "WAYMARK_RUN=run-1/3.10.", "/dev/null")}
${daemon("another-run", "WAYMARK_RUN=run-2/3.1.", "/dev/null")}
${daemon("another-log", "WAYMARK_RUN=", "step.2.log")}
${daemon("unmarked", "WAYMARK_RUN=", "/dev/null")}
${up("by-env", "by-output", "with-a-child", "child", "another-step", "another-attempt", "another-run", "another-log", "unmarked")}
rt_process_end
put "$?"`;
      expect(await bench.values(["process"], lines)).toEqual(["0"]);
      const marked = ["by-env", "by-output", "with-a-child", "child"];
      const others = ["another-step", "another-attempt", "another-run", "another-log", "unmarked"];
      expect(alive(bench, [...marked, ...others])).toEqual(others);
    },
  );

  it("rt_process_end does not end the script itself", async () => {
    const bench = new Bench(shell);
    // The mark is in its environment from its first moment, as in /proc.
    const own = bench.start(["process"], `${QUICK}\nrt_mark_env=own/1.1.\nrt_process_end\nput "$?"`, {
      env: { WAYMARK_RUN: "own/1.1." },
    });
    const { stdout, exit } = await own.result;
    expect({ stdout, exit }).toEqual({ stdout: "0\0", exit: 0 });
  });

  it.runIf(existsSync("/proc/self/stat"))("rt_is_alive tells a running process from a zombie and from none", async () => {
    const lines = `${QUICK}
sleep 300 &
rt_child=$!
rt_is_alive "$rt_child"; put "$?"
kill -s STOP "$rt_child"
rt_is_alive "$rt_child"; put "$?"
kill -s KILL "$rt_child"
while rt_is_alive "$rt_child"; do sleep 0.01; done
put dead
wait "$rt_child" 2>/dev/null
rt_is_alive "$rt_child" || put gone
# Its parent has become a program that waits for no child.
sh -c ${sh(ZOMBIE)} >/dev/null &
rt_parent=$!
${up("zombie")}
read -r rt_child <zombie
rt_tries=0
while rt_is_alive "$rt_child" && [ "$rt_tries" -lt 500 ]; do
	rt_tries=$((rt_tries + 1))
	sleep 0.01
done
kill -0 "$rt_child" && put "there is a zombie"
rt_is_alive "$rt_child" || put "it is not alive"
kill -s KILL "$rt_parent"`;
    expect(await new Bench(shell).values(["process"], lines)).toEqual([
      "0",
      "0",
      "dead",
      "gone",
      "there is a zombie",
      "it is not alive",
    ]);
  });

  it("rt_process_table knows a parent, also of a program with an odd name", async () => {
    const bench = new Bench(shell);
    const lines = `${QUICK}
cp ${sh(findTool("sleep") ?? "")} './odd) S 1 (x'
'./odd) S 1 (x' 300 &
rt_child=$!
sleep 0.1
rt_process_table
case $RT_NL$RT_REPLY in
*"$RT_NL$rt_child $$$RT_NL"*) put "its parent" ;;
*) put "$RT_REPLY" ;;
esac
kill -s KILL "$rt_child"
wait "$rt_child" 2>/dev/null
put "$-"`;
    const [parent, flags] = await bench.values(["process"], lines);
    expect(parent).toBe("its parent");
    expect(flags, "file name patterns are off again").toContain("f");
  });
});
