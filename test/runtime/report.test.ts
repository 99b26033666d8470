// What the script says, to people and to programs.
import { existsSync, mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";
import { byLabel, NASTY, TEXTS } from "./nasty.js";

const DURATIONS: readonly (readonly [string, string])[] = [
  ["0", "0 ms"],
  ["7", "7 ms"],
  ["999", "999 ms"],
  ["1000", "1.0 s"],
  ["1099", "1.0 s"],
  ["9999", "9.9 s"],
  ["10000", "10 s"],
  ["59999", "59 s"],
  ["99999", "99 s"],
  ["100000", "1 min 40 s"],
  ["119999", "1 min 59 s"],
  ["120000", "2 min 0 s"],
  ["3600000", "60 min 0 s"],
  // More than 32 bits of milliseconds: mksh counts with no more.
  ["8640000000", "144000 min 0 s"],
  ["", "?"],
  ["-5", "?"],
  ["1.5", "?"],
  ["1e3", "?"],
];

inEachShell("report", (shell) => {
  it("rt_duration says a time as a person does", async () => {
    const lines = DURATIONS.map(([ms]) => `rt_duration ${sh(ms)}\nput "$RT_REPLY"`).join("\n");
    const said = await new Bench(shell).values(["report"], lines);
    expect(byLabel(said, DURATIONS.map(([ms]) => ms))).toEqual(Object.fromEntries(DURATIONS));
  });

  it("rt_say is for people alone, rt_print for everybody", async () => {
    const lines = `rt_say -n 'one  two' three
rt_print -e 'four\\n' '%s'
rt_quiet=1; rt_say no; rt_print yes
rt_quiet='' rt_json=1; rt_say no; rt_print yes`;
    const { stdout, exit } = await new Bench(shell).run(["report"], lines);
    expect({ stdout, exit }).toEqual({
      stdout: "-n one  two three\n-e four\\n %s\nyes\nyes\n",
      exit: 0,
    });
  });

  it("rt_warn goes to standard error, with --quiet too", async () => {
    const { stdout, stderr } = await new Bench(shell).run(
      ["report"],
      "rt_quiet=1 rt_json=1\nrt_warn '100%' of it",
    );
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "demo: 100% of it\n" });
  });

  it("rt_event writes one JSON object a line, whatever is in it", async () => {
    const events = TEXTS.map((text) => `rt_event said text ${sh(text)} '#n' 5 end ''`);
    const { stdout, exit } = await new Bench(shell).run(
      ["report"],
      `rt_event not yet\nrt_json=1\n${events.join("\n")}\nrt_event alone\nrt_event null '#n' ''`,
    );
    expect(exit).toBe(0);
    const read = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { text: string });
    expect(read.slice(-2)).toEqual([{ event: "alone" }, { event: "null", n: null }]);
    expect(read.slice(0, -2)).toEqual(
      TEXTS.map((text) => ({ event: "said", text, n: 5, end: "" })),
    );
    expect(byLabel(read.map(({ text }) => text))).toEqual(NASTY);
  });

  it("rt_die says what failed and what comes next, and exits with its code", async () => {
    const { stdout, stderr, exit } = await new Bench(shell).run(
      ["report"],
      "rt_die 7 'what failed' 'one %s' '-n two'\necho 'still here'",
    );
    expect({ stdout, stderr, exit }).toEqual({
      stdout: "",
      stderr: "demo: what failed\n  one %s\n  -n two\n",
      exit: 7,
    });
  });

  it("rt_die tells programs too", async () => {
    const { stdout, exit } = await new Bench(shell).run(
      ["report"],
      `rt_json=1\nrt_die 3 ${sh('a "quoted" word')}`,
    );
    expect(exit).toBe(3);
    expect(JSON.parse(stdout)).toEqual({ event: "error", exit_code: 3, message: 'a "quoted" word' });
  });

  it("rt_exit removes the private folder, and is not caught by a trap", async () => {
    const bench = new Bench(shell);
    mkdirSync(bench.path("private", "below"), { recursive: true });
    const { stdout, exit } = await bench.run(
      ["report"],
      `rt_tmp=${sh(bench.path("private"))}\ntrap 'echo trapped; exit 9' 0\nrt_exit 4`,
    );
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 4 });
    expect(existsSync(bench.path("private"))).toBe(false);
  });

  it("speaks without colours and letters beyond ASCII where there is no terminal", async () => {
    const lines = `rt_color=
rt_report_setup
rt_mark ok; put "$RT_REPLY"
rt_mark bad; put "$RT_REPLY"
put "$rt_tty$rt_red$rt_green$rt_dim$rt_off"`;
    expect(await new Bench(shell).values(["report"], lines)).toEqual(["ok", "FAILED", ""]);
  });
});
