// What a step does to its own descriptors and processes is never the end of
// the store: the run goes on, or stops as it says, and a resume ends right.
import { expect, it } from "vitest";
import { shareOf, tried } from "../harness/fault-counts.js";
import {
  inEachShell,
  installerToml,
  pause,
  type Result,
  Sandbox,
  statuses,
  stepOf,
  trace,
  waitUntil,
} from "../harness/index.js";

/** `run` between two steps; it does its harm once. */
function between(run: string): string {
  const once = `[ ! -e "$TEST_SANDBOX/done" ] || exit 0\n: >"$TEST_SANDBOX/done"\n`;
  return installerToml({
    steps: [
      { id: "before", run: trace("before"), checkpoint: {} },
      { id: "odd", run: trace("odd") + once + run, checkpoint: {} },
      { id: "after", run: trace("after"), checkpoint: {} },
    ],
  });
}

/** One of so many cases in CI, each shell another. */
const FEW = 3;

const CLOSE_ALL = "exec 0<&- 1>&- 2>&- 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-\n";
/** The group's number, without a program that not each host has. */
const KILL_GROUP = `read -r line <"/proc/$$/stat"
set -- \${line##*") "}
kill -s KILL -- "-$3"
sleep 97571
`;

const SUCCEED: readonly (readonly [string, string])[] = [
  ["closes all descriptors", CLOSE_ALL],
  ["closes all of them and starts a program", `${CLOSE_ALL}sh -c ':'\n`],
  ["execs a program that succeeds", "exec sh -c 'exit 0'\nfalse\n"],
  ["reads its input to the end", "cat >~/input\n[ ! -s ~/input ]\n"],
  ["asks a question, and gets no answer", "read -r answer || answer=none\n[ \"$answer\" = none ]\n"],
  ["looks for a terminal", "if (: </dev/tty) 2>/dev/null; then exit 1; fi\n"],
];

const FAIL: readonly (readonly [string, string, number])[] = [
  ["execs a program that fails", "exec sh -c 'exit 9'\n", 9],
  ["execs a program that is killed", "exec sh -c 'kill -s KILL $$'\n", 137],
  ["execs a program that is not there", "exec /no/such/program\n", 127],
  ["waits for an answer that never comes", "read -r answer\n", 1],
];

inEachShell("a step that", (shell) => {
  it.each(shareOf(shell, FEW, SUCCEED))("%s succeeds, and the run goes on", async (_, run) => {
    const box = Sandbox.create(shell, between(run));
    await box.expectExit(0, [], { input: "an answer\n" });
    expect(box.trace()).toEqual(["before", "odd", "after"]);
    expect((await box.status()).run).toMatchObject({ status: "completed", exit_code: 0 });
    tried("step-hostile", shell);
  });

  it.each(shareOf(shell, FEW, FAIL))("%s fails, and a resume goes on", async (_, run, code) => {
    const box = Sandbox.create(shell, between(run));
    await box.expectExit(1, [], { input: "an answer\n" });
    expect(box.trace()).toEqual(["before", "odd"]);
    const status = await box.status();
    expect(stepOf(status, "odd")).toMatchObject({ status: "failed", exit_code: code });
    await expectResumed(box);
  });

  it("kills its process group ends its script with it: the store is as after any kill -9", async () => {
    const box = Sandbox.create(shell, between(KILL_GROUP));
    const { exit } = await box.run();
    expect(exit).toBe(137);
    await waitUntil("nothing is left", () => box.processes().length === 0);
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "running", interrupted: true });
    expect(statuses(status)).toEqual({ before: "completed", odd: "running", after: "pending" });
    await expectResumed(box);
  });

  it.each(shareOf(shell, FEW, ["SIGTERM", "SIGINT", "SIGHUP"] as const))("sends %s to its script's group: 128+N", async (name) => {
    const signal = name.slice(3);
    const box = Sandbox.create(shell, between(KILL_GROUP.replace("KILL", signal)));
    const { exit, stderr } = await box.run();
    expect({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[name], stderr).toBe(exit);
    expect(box.processes()).toEqual([]);
    expect((await box.status()).run).toMatchObject({ status: "aborted", exit_code: exit });
    await expectResumed(box);
  });

  it("leaves a child that holds all it inherited: nobody waits for it, and no lock is held", async () => {
    const box = Sandbox.create(shell, between("(trap '' HUP TERM; exec sleep 97572) &\n"));
    await box.expectExit(0);
    expect(box.pids(/sleep 97572/), "a completed step may leave a daemon").toHaveLength(1);
    expect(box.pids(/sqlite3/)).toEqual([]);
    await box.expectExit(0, ["rollback", "--full"]);
    tried("step-hostile", shell);
  });

  it("leaves a child, and whose run is killed later, leaves no lock", async () => {
    const toml = installerToml({
      steps: [
        { id: "daemon", run: "(trap '' HUP TERM; exec sleep 97573) &\n", checkpoint: {} },
        { id: "held", run: trace("held") + pause("held"), checkpoint: {} },
      ],
    });
    const box = Sandbox.create(shell, toml);
    const run = box.start();
    await box.reached("held");
    run.signal("SIGKILL");
    await run.result;
    box.go();
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["held", "held"]);
    expect(box.pids(/sleep 97573/), "the daemon is there all the while").toHaveLength(1);
    tried("step-hostile", shell);
  });

  /** What failed or was killed runs again; what was settled does not. */
  async function expectResumed(box: Sandbox): Promise<Result> {
    box.clearTrace();
    const result = await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["odd", "after"]);
    expect((await box.status()).run).toMatchObject({ status: "completed" });
    tried("step-hostile", shell);
    return result;
  }
});
