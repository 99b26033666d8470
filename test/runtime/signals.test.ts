// What a signal does to the script itself.
import { constants } from "node:os";
import { expect, it } from "vitest";
import { Bench, inEachShell } from "./harness.js";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** Says that it is ready, and waits for a signal of any kind. */
const WAIT = `rt_mark_env=none rt_mark_log=/none
rt_process_end() { put "ends $#"; kill -s KILL "$@"; }
rt_signals_on
sleep 60 &
rt_child=$!
ready
wait "$rt_child"
put "$rt_signal"
put "$rt_signals"
exit 0`;

inEachShell("signals", (shell) => {
  it.each(SIGNALS)("notes %s, and ends the running child", async (name) => {
    const bench = new Bench(shell);
    const running = bench.start(["signals"], WAIT);
    await bench.ready(running);
    running.signal(name);
    const { stdout, exit } = await running.result;
    expect(exit).toBe(0);
    expect(stdout.split("\0")).toEqual(["ends 1", String(constants.signals[name]), "1", ""]);
  });

  it("keeps the first signal, counts all, and ends the child once", async () => {
    const values = await new Bench(shell).values(
      ["signals"],
      `rt_process_end() { put "ends $*"; }
rt_signals_on
rt_child=123
kill -s INT "$$"
kill -s TERM "$$"
kill -s HUP "$$"
put "$rt_signal $rt_signals"`,
    );
    expect(values).toEqual(["ends 123", "2 3"]);
  });

  it("ends nothing where no child runs", async () => {
    const values = await new Bench(shell).values(
      ["signals"],
      `rt_process_end() { put "ends $*"; }
rt_signals_on
kill -s TERM "$$"
put "$rt_signal"`,
    );
    expect(values).toEqual(["15"]);
  });
});
