// How long the delay before another try is, and how such a run ends.
import { expect, it } from "vitest";
import { Bench, inEachShell } from "./harness.js";

inEachShell("timing", (shell) => {
  it("makes a delay longer or shorter, by its jitter at most", async () => {
    const lines = `rt_jitter=20 rt_i=0
while [ "$rt_i" -lt 30 ]; do
	rt_delay=3600
	rt_timing_jitter
	put "$rt_delay"
	rt_i=$((rt_i + 1))
done`;
    const delays = (await new Bench(shell).values(["timing"], lines)).map(Number);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2880);
    expect(Math.max(...delays)).toBeLessThanOrEqual(4320);
    expect(Math.min(...delays)).toBeLessThan(3600);
    expect(Math.max(...delays)).toBeGreaterThan(3600);
  });

  it("leaves a delay alone whose jitter is less than a second", async () => {
    const lines = `rt_jitter=50 rt_delay=1\nrt_timing_jitter\nput "$rt_delay"
rt_jitter=100 rt_delay=0\nrt_timing_jitter\nput "$rt_delay"`;
    expect(await new Bench(shell).values(["timing"], lines)).toEqual(["1", "0"]);
  });

  it("counts the tries that are left", async () => {
    const lines = `for rt_word in '' 5 '5 10 20'; do
	rt_delays=$rt_word
	rt_timing_count
	put "$rt_chances"
done`;
    expect(await new Bench(shell).values(["timing"], lines)).toEqual(["1", "2", "4"]);
  });
});

inEachShell("failure", (shell) => {
  it("does not take a run for complete whose last step was followed by a signal", async () => {
    const lines = `rt_failed_steps=' a' rt_signal=15 rt_stop=''
rt_failure_end rt_run_step 2>/dev/null
put "$rt_stop $rt_ended_by"`;
    expect(await new Bench(shell).values(["failure"], lines)).toEqual(["signal 15"]);
  });

  it("asks nothing of the plan's other readers, nor of a run without failures", async () => {
    const lines = `rt_run_close() { put closed; }
rt_failure_end rt_run_step
rt_failed_steps=' a'
rt_failure_end rt_plan_step
put "$rt_stop"`;
    expect(await new Bench(shell).values(["failure"], lines)).toEqual([""]);
  });
});
