// How one step runs: what stops it, what it sees, and what it leaves.
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";

const MODULES = ["step", "verify", "signals"];

/** What a run has set before its first step. */
const RUN = `exec 2>notices
mkdir logs work fifo
rt_dir=$PWD rt_run=1 rt_run_id=run-1 rt_attempt=1 rt_fifo=$PWD/fifo
rt_nap() { sleep 0.01; }
`;

interface Step {
  readonly text: string;
  /** x if there are commands, v if there is a verification, E as errexit = false. */
  readonly flags?: string;
  readonly verify?: string;
  readonly status: number | "fails";
  readonly log?: string;
}

const STEPS: Readonly<Record<string, Step>> = {
  "that is nothing": { text: ":", status: 0 },
  "that writes to both outputs": { text: "echo out\necho err >&2", status: 0, log: "out\nerr\n" },
  "whose first command fails": { text: "false\necho no", status: 1, log: "" },
  "whose last command fails": { text: "echo yes\n(exit 9)", status: 9, log: "yes\n" },
  "in a function of which a command fails": {
    text: "f() { false; echo no; }\nf\necho no",
    status: 1,
    log: "",
  },
  "in a group of which a command fails": { text: "{ false; echo no; }\n(false; echo no)", status: 1, log: "" },
  "that asks whether a command fails": {
    text: "if false; then echo no; fi\nfalse || echo or\n! false || echo no\nfalse && echo no\necho yes",
    status: 0,
    log: "or\nyes\n",
  },
  "that leaves in the middle": { text: "exit 0\nfalse", status: 0 },
  "that exits with a number": { text: "exit 3", status: 3 },
  "that returns a number": { text: "return 4", status: 4 },
  "with an unset variable": { text: 'echo "$no_such_variable"\necho no', status: "fails" },
  "with a command that is not there": { text: "no-such-command-here\necho no", status: 127 },
  "whose assignment fails": { text: "x=$(exit 6)\necho no", status: 6, log: "" },
  "whose shell a signal kills": { text: "sh -c 'kill -s KILL \"$PPID\"'\nsleep 1\necho no", status: 137 },
  "whose shell a signal ends": { text: "sh -c 'kill -s TERM \"$PPID\"'\nsleep 1\necho no", status: 143 },
  "whose command a signal kills": { text: "sh -c 'kill -s KILL \"$$\"'\necho no", status: 137 },
  "without errexit": { text: "false\necho on", flags: "xE", status: 0, log: "on\n" },
  "without errexit, whose last command fails": { text: "echo on\n(exit 5)", flags: "xE", status: 5 },
  "without errexit, with an unset variable": {
    text: 'echo "$no_such_variable"\necho no',
    flags: "xE",
    status: "fails",
  },
  "that turns errexit off itself": { text: "set +e\nfalse\necho on", status: 0, log: "on\n" },
  "that reads standard input": { text: "cat\necho end", status: 0, log: "end\n" },
  "that changes its shell": { text: "cd /\nset -f\nIFS=x\nrt_dir=/\nrt_log=/dev/null\nunset PATH", status: 0 },
  "with a verification that passes": {
    text: "echo did >>did",
    flags: "xv",
    verify: "rt_verify 'cat did' 'did'",
    status: 0,
  },
  "with a verification that fails": { text: "echo x", flags: "xv", verify: "rt_verify false", status: 1 },
  "with a verification after a failure": {
    text: "exit 8",
    flags: "xv",
    verify: "rt_verify 'echo verified'",
    status: 8,
    log: "",
  },
  "with the first of two verifications failing": {
    text: ":",
    flags: "xv",
    verify: "rt_verify 'exit 2'\nrt_verify 'echo second'",
    status: 1,
  },
  "of a verification alone": { text: "echo no", flags: "v", verify: "rt_verify true", status: 0, log: "verify: true\n" },
  "of a verification alone, that fails": { text: ":", flags: "v", verify: "rt_verify false", status: 1 },
  "whose verification is not under errexit": {
    text: ":",
    flags: "xv",
    verify: "rt_verify 'false; echo on' on",
    status: 0,
  },
  "that exits well, in front of its verification": {
    text: "exit 0",
    flags: "xv",
    verify: "rt_verify false",
    status: 1,
  },
};

/** The functions of a step, as an emitted script has them, and its call. */
function run(ordinal: number, { text, flags = "x", verify = "" }: Step): string {
  const symbol = `s${ordinal}`;
  return `step_${symbol}() {
${text}
}
verify_${symbol}() {
${verify || ":"}
}
rt_step_exec ${ordinal} id-${symbol} ${symbol} 'A step' ${flags}
put "$rt_status"
`;
}

inEachShell("step", (shell) => {
  it("rt_step_exec ends as the step did, whatever it is", async () => {
    const bench = new Bench(shell);
    const labels = Object.keys(STEPS);
    const steps = Object.values(STEPS);
    const values = await bench.values(
      MODULES,
      `${RUN}${steps.map((step, i) => run(i + 1, step)).join("")}put "$rt_dir $PWD"`,
      { input: "of the person\n" },
    );
    const told = labels.map((label, i) => {
      const status = Number(values[i]);
      const wanted = steps[i]?.status;
      return [label, wanted === "fails" && status > 0 && status < 128 ? "fails" : status];
    });
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(labels.map((label, i) => [label, steps[i]?.status])),
    );
    const logs = labels.map((label, i) => [label, readFileSync(bench.path(`logs/id-s${i + 1}.1.log`), "utf8")]);
    const wanted = Object.entries(STEPS).filter(([, { log }]) => log !== undefined);
    expect(Object.fromEntries(logs)).toMatchObject(
      Object.fromEntries(wanted.map(([label, { log }]) => [label, log])),
    );
    for (const [label, log] of logs) expect(log, label).not.toMatch(/^no$/m);
    expect(values.at(-1), "the script is what it was").toBe(`${bench.root} ${bench.root}`);
  });

  it("a step has its folder, its variables, the person's umask, and no store", async () => {
    const bench = new Bench(shell);
    const text = `put_var() { printf '%s=%s\\n' "$1" "$2"; }
for name in STEP DIR WORK PWD RUN; do
	eval "put_var $name \\"\\$WAYMARK_$name\\""
done
sh -c 'echo "exported $WAYMARK_STEP $WAYMARK_DIR"'
put_var cwd "$PWD"
case $- in *f*) echo 'no patterns' ;; esac
: >made
( : >&3 ) 2>/dev/null && echo 'descriptor 3 is open'
( : <&4 ) 2>/dev/null && echo 'descriptor 4 is open'
:`;
    const lines = `${RUN}exec 3>store-in 4<store-in
rt_umask=027 rt_pwd='/where they stand'
${run(1, { text, status: 0 })}
put "$(umask)"`;
    const [status, umask] = await bench.values(MODULES, lines);
    expect({ status, umask: Number.parseInt(umask ?? "", 8) }).toEqual({ status: "0", umask: 0o077 });
    const work = bench.path("work");
    expect(readFileSync(bench.path("logs/id-s1.1.log"), "utf8").split("\n")).toEqual([
      "STEP=id-s1",
      `DIR=${bench.root}`,
      `WORK=${work}`,
      "PWD=/where they stand",
      "RUN=run-1/1.1.",
      `exported id-s1 ${bench.root}`,
      `cwd=${work}`,
      "",
    ]);
    expect(statSync(`${work}/made`).mode & 0o777).toBe(0o640);
  });

  it("does not wait for what a step leaves running", async () => {
    const step = { text: "sleep 300 &\necho started", status: 0 };
    const bench = new Bench(shell);
    expect(await bench.values(MODULES, `${RUN}${run(1, step)}`)).toEqual(["0"]);
  });

  /** Signals the script in the middle of a step, which has a trap of its own. */
  async function signalled(trap: string, name: NodeJS.Signals): Promise<string[]> {
    const bench = new Bench(shell);
    const text = `${trap}\n: >"$WAYMARK_DIR/ready"\nwhile :; do sleep 0.02 || :; done`;
    const lines = `${RUN}rt_signals_on\n${run(1, { text, status: 0 })}put "$rt_signal"\nexit 0`;
    const running = bench.start(MODULES, lines);
    await bench.ready(running);
    running.signal(name);
    const { stdout, exit } = await running.result;
    expect(exit).toBe(0);
    return stdout.split("\0").slice(0, -1);
  }

  it("ends with the signal that ended the script", async () => {
    expect(await signalled(":", "SIGTERM")).toEqual(["143", "15"]);
  });

  it("takes no success of a step that a signal ended", async () => {
    const [status, signal] = await signalled("trap 'exit 0' TERM", "SIGINT");
    expect(Number(status)).toBeGreaterThan(128);
    expect(signal).toBe("2");
  });

  it("tells of a child that cleans up its own status or the signal", async () => {
    // A wait that the signal cut short may know no more than the signal.
    const [status] = await signalled("trap 'exit 7' TERM", "SIGTERM");
    expect(["7", "143"]).toContain(status);
  });

  it("rt_log_tail shows the last lines, and nothing that a terminal obeys", async () => {
    const bench = new Bench(shell);
    mkdirSync(bench.path("logs"));
    const lines = [...Array(20).keys()].map((n) => `line ${n}`);
    writeFileSync(bench.path("logs/a.log"), `${lines.join("\n")}\ntab\there\n\x1b[31mred\x07\x7f ✓\nno end`);
    writeFileSync(bench.path("logs/empty.log"), "");
    const call = (name: string): string =>
      `rt_log=logs/${name}.log rt_mark_log=/dir/logs/${name}.log\nrt_log_tail\n`;
    const { stderr, exit } = await bench.run(["step"], `${call("a")}${call("empty")}`);
    expect(exit).toBe(0);
    const shown = stderr.trimEnd().split("\n");
    expect(shown.slice(0, -1)).toEqual([
      ...lines.slice(-9).map((line) => `  | ${line}`),
      "  | tab\there",
      "  | [31mred ✓",
      expect.stringMatching(/^ {2}\| no end/),
      ...(shown.length === 14 ? ["  log: /dir/logs/a.log"] : []),
    ]);
    expect(stderr).toContain("log: /dir/logs/a.log");
    expect(shown.at(-1)).toBe("  log: /dir/logs/empty.log");
  });

  it("rt_child_mark keeps a log for each step, attempt and run", async () => {
    const lines = [
      [1, 1, 1],
      [1, 1, 2],
      [2, 1, 1],
      [1, 11, 1],
    ].map(([run, ordinal, attempt]) => `rt_run=${run} rt_run_id=run-${run}
rt_child_mark ${ordinal} ${sh(`s${ordinal}`)} ${attempt}
put "$rt_log"; put "$rt_mark_env"`);
    const values = await new Bench(shell).values(["step"], `rt_dir=/d\n${lines.join("\n")}`);
    expect(new Set(values).size).toBe(values.length);
  });
});
