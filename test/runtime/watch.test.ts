// What is shown while a step runs.
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";

const RUN = `mkdir logs fifo
rt_dir=$PWD rt_fifo=$PWD/fifo rt_attempt=1 rt_log=logs/a.log
rt_nap() { sleep 0.01; }
`;

inEachShell("watch", (shell) => {
  it("with --verbose shows all of the output, to its last byte", async () => {
    const lines = `${RUN}rt_verbose=1
rt_watch_start 1 a 'Step A'
printf 'one\\n' >>"$rt_log"
sleep 0.05
printf 'two\\n\\nlast, with no end' >>"$rt_log"
rt_watch_stop
echo " | $rt_watch"`;
    const { stdout, stderr, exit } = await new Bench(shell).run(["watch"], lines);
    expect({ stdout, stderr, exit }).toEqual({
      stdout: "one\ntwo\n\nlast, with no end | \n",
      stderr: "",
      exit: 0,
    });
  });

  it("shows nothing of it with --json, and nothing where there is no terminal", async () => {
    const lines = `${RUN}rt_verbose=1 rt_json=1
rt_watch_start 1 a 'Step A'
echo output >>"$rt_log"
rt_watch_stop
rt_verbose='' rt_json=''
rt_watch_start 1 a 'Step A'
rt_watch_stop
put "$rt_watch"`;
    expect(await new Bench(shell).values(["watch"], lines)).toEqual([""]);
  });

  it("on a terminal shows the step in one line, and clears it", async () => {
    const name = "a\tname\nwith\x07 \x1b[31m all\\n 100% %s ✓";
    const lines = `${RUN}rt_tty=1 rt_dim= rt_off=
rt_watch_start 2 a ${sh(name)}
sleep 0.2
rt_watch_stop
echo done`;
    const { stdout, stderr, exit } = await new Bench(shell).run(["watch"], lines);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout.endsWith("\r\x1b[Kdone\n")).toBe(true);
    const frames = stdout.split("\r").slice(1, -1);
    expect(frames.length).toBeGreaterThan(1);
    for (const frame of frames) {
      expect(frame).toMatch(/^[|/\\-] \[2\/2\] /);
      expect(frame).toContain("100% %s ✓");
      expect(frame.replace(/\x1b\[K$/, "")).not.toMatch(/[\x00-\x1f]/);
    }
  });

  it("its spinner ends with the script, also where that is killed", async () => {
    const bench = new Bench(shell);
    const lines = `${RUN}rt_tty=1 rt_dim= rt_off=
rt_watch_start 1 a 'Step A' >spinner
echo "$rt_watch" >pid
ready
sleep 60`;
    const running = bench.start(["watch"], lines);
    await bench.ready(running);
    running.signal("SIGKILL");
    await running.result;
    await bench.gone("pid");
  });
});
