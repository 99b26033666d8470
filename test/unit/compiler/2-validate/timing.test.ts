// [step.timing] and [step.on_failure]: what is refused, and what comes out.
import { describe, expect, test } from "vitest";
import { nearestDuration, parseDuration } from "../../../../src/compiler/2-validate/duration.js";
import type { SpecStep } from "../../../../src/compiler/2-validate/spec.js";
import { parseJitter } from "../../../../src/compiler/2-validate/timing.js";
import { stepFingerprint } from "../../../../src/compiler/3-plan/fingerprint.js";
import { diagnosticsOf, HEAD, marks, specOf, stepToml } from "../../helpers.js";

const stepOf = (tables: string): SpecStep => specOf(HEAD + stepToml("a", "", tables)).steps[0] as SpecStep;
const delaysOf = (retry: string): readonly number[] | undefined =>
  stepOf(`[step.timing]\nretry = { ${retry} }`).timing?.delays;

describe("durations", () => {
  test.each([
    ["30s", 30],
    ["10m", 600],
    ["1h", 3600],
    ["1h30m", 5400],
    ["1h1m1s", 3661],
    ["90m", 5400],
    ["0s", 0],
  ])("%s is %i seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(["", "s", "30", "1.5h", "-1s", "1m1h", "1s1s", " 1s", "1d", "1S", "1s\n", "1234567s", "١s"])(
    "%j is none",
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  test.each([
    ["30", "30s"],
    ["10 min", "10m"],
    ["2 Hours", "2h"],
    ["5S", "5s"],
    ["500ms", undefined],
    ["soon", undefined],
    ["1.5s", undefined],
  ])("%j was meant as %s", (text, meant) => expect(nearestDuration(text)).toBe(meant));
});

test.each([
  [undefined, 0],
  [false, 0],
  [true, 50],
  ["0%", 0],
  ["20%", 20],
  ["100%", 100],
  ["101%", undefined],
  ["20", undefined],
  ["-5%", undefined],
  ["", undefined],
])("the jitter %j is %s percent", (jitter, percent) => expect(parseJitter(jitter)).toBe(percent));

describe("the delays", () => {
  test.each([
    ["", [1, 1]],
    ["count = 1", undefined],
    ['count = 4, delay = "5s"', [5, 5, 5]],
    ['count = 4, delay = "5s", backoff = "constant"', [5, 5, 5]],
    ['count = 5, delay = "5s", backoff = "linear"', [5, 10, 15, 20]],
    ['count = 5, delay = "5s", backoff = "exponential"', [5, 10, 20, 40]],
    ['count = 5, delay = "20m", backoff = "exponential"', [1200, 2400, 3600, 3600]],
    ['count = 3, delay = "0s", backoff = "exponential"', [0, 0]],
  ])("of { %s } are %j", (retry, delays) => expect(delaysOf(retry)).toEqual(delays));

  test("of a hundred tries are numbers that a shell can count with", () => {
    const delays = delaysOf('count = 100, delay = "1s", backoff = "exponential"') ?? [];
    expect(delays).toHaveLength(99);
    expect(Math.max(...delays)).toBe(3600);
  });

  test("are the same, however the table is spelt", () => {
    const table = 'count = 3\ndelay = "2s"\n';
    for (const name of ["step.retry", "step.timing.retry"]) {
      expect(stepOf(`[${name}]\n${table}`).timing?.delays).toEqual([2, 2]);
    }
  });

  test("of action = \"retry\" are those of the table, or its own", () => {
    const action = '[step.on_failure]\naction = "retry"\n';
    expect(stepOf(action)).toMatchObject({ timing: { delays: [5, 5] } });
    expect(stepOf(action).onFailure).toBeUndefined();
    expect(stepOf(`${action}[step.retry]\ncount = 2\n`).timing?.delays).toEqual([1]);
  });
});

describe("on_failure", () => {
  test("that is all defaults is none", () => {
    const step = stepOf('[step.on_failure]\naction = "stop"\npreserve_state = true\n[step.timing]\n');
    expect(step.onFailure).toBeUndefined();
    expect(step.timing).toBeUndefined();
  });

  test("with preserve_state = false makes the step atomic", () => {
    const tables = '[step.checkpoint]\nrollback = "x"\n[step.on_failure]\npreserve_state = false\n';
    expect(stepOf(tables).checkpoint?.atomic).toBe(true);
  });

  test.each([
    ["abort", false, true],
    ["stop", true, true],
    ["stop", false, false],
  ])("%s, atomic %s: preserve_state = true keeps a copy: %s", (action, atomic, keep) => {
    const step = stepOf(
      `[step.checkpoint]\nstate_files = ["/a"]\natomic = ${atomic}\n` +
        `[step.on_failure]\naction = "${action}"\npreserve_state = true\n`,
    );
    expect(step.onFailure?.keep ?? false).toBe(keep);
  });
});

describe("the fingerprint", () => {
  const plain = stepFingerprint(stepOf(""));

  test("is that of a step without them: how it is tried is not what it does", () => {
    const tables =
      '[step.timing]\ntimeout = "10m"\nretry = { count = 3 }\n' +
      '[step.on_failure]\naction = "continue"\nmessage = "oh"\n';
    expect(stepFingerprint(stepOf(tables))).toBe(plain);
  });
});

test("all that is wrong is reported at once, each at its place", () => {
  const tables =
    '[step.timing]\ntimeout = "1"\nretry = { count = 0, delay = "2h", jitter = "x", back = 1 }\n' +
    '[step.on_failure]\naction = "go"\nmessage = 1\nnotify = "x"\n';
  expect(marks(diagnosticsOf(HEAD + stepToml("a", "", tables)))).toEqual([
    "WM0270 13:11",
    "WM0272 14:19",
    "WM0271 14:30",
    "WM0273 14:45",
    "WM0203 14:50",
    "WM0206 16:10",
    "WM0202 17:11",
    "WM0205 18:1",
  ]);
});
