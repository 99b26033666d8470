// `[step.preconditions]` and `[step.postconditions]`: each kind holds and
// fails as it says, and what a failure does to the run.
import { chmodSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inEachShell, installerToml, Sandbox, statuses, stepOf, type TestStep, trace } from "./harness/index.js";

function step(more: Partial<TestStep>): TestStep {
  return {
    id: "middle",
    run: `${trace("middle")}echo 2 >~/middle\n`,
    checkpoint: { rollback: `${trace("undo")}rm -f ~/middle` },
    ...more,
  };
}

function demo(middle: TestStep): string {
  const first = { id: "first", run: trace("first"), checkpoint: {} };
  const last = { id: "last", run: trace("last"), checkpoint: {} };
  return installerToml({ steps: [first, middle, last] });
}

const os = readFileSync("/etc/os-release", "utf8");
const osId = /^ID="?([a-z]+)/m.exec(os)?.[1] ?? "none";
const user = userInfo().username;

/** All of it holds on the host that `prepare` makes. */
const HOLDS = {
  file_exists: ["~/there", "$HOME/there", "${HOME}/folder/", "~/link", "~/odd $(exit) 'name*"],
  file_mode: ["~/there:640", "~/link:0640", "~/folder:3751", "/:755"],
  command_succeeds: ["test -e ~/there", "cd / && exit 0", "x=1\n[ $x = 1 ]"],
  env_matches: {
    TEST_PLAIN: "^va.ue$",
    TEST_EMPTY: "^$",
    TEST_ODD: "[$][(]touch",
    ID: `^(${osId}|other)$`,
    PRETTY_NAME: "^[^\"']+$",
    VERSION_ID: "^mine$",
  },
  user_in_group: [
    { user, group: "${TEST_GROUP}" },
    { user: "${TEST_USER}", group: "${TEST_GROUP}" },
    { user: "root", group: "root" },
  ],
};

/** None of it does. */
const FAILS = {
  file_exists: ["~/gone", "~/dangling"],
  file_mode: ["~/there:600", "~/gone:600"],
  command_succeeds: ["echo why; exit 9", "exit 4"],
  env_matches: { TEST_PLAIN: "^other$", TEST_EMPTY: ".", TEST_LINES: "^two$", TEST_NONE: "x", RT_NAME: "demo" },
  user_in_group: [
    { user, group: "no-such-group" },
    { user: "no-such-user", group: "root" },
    { user: "${TEST_NONE}", group: "root" },
    { user: "${TEST_OPTION}", group: "root" },
  ],
};

/** What is told of it, in this order. */
const TOLD: readonly string[] = [
  "expected the file HOME/gone, found nothing",
  "expected the file HOME/dangling, found a symlink that leads nowhere",
  "expected HOME/there with mode 0600, found mode 0640",
  "expected HOME/gone with mode 0600, found nothing",
  "expected RT_NAME to match demo, found no such name in the environment or in os-release",
  "expected TEST_EMPTY to match ., found no text",
  "expected TEST_LINES to match ^two$, found lines: one two",
  "expected TEST_NONE to match x, found no such name in the environment or in os-release",
  "expected TEST_PLAIN to match ^other$, found value",
  `expected the user ${user} in the group no-such-group, found the groups `,
  "expected the user no-such-user in the group root, found ",
  "expected the user ${TEST_NONE} in the group root, found no user's name in ${TEST_NONE}",
  "expected the user ${TEST_OPTION} in the group root, found no user's name in ${TEST_OPTION}",
  "expected exit 0 of: echo why; exit 9, found exit 9",
  "expected exit 0 of: exit 4, found exit 4",
];

const ENV = {
  TEST_PLAIN: "value",
  TEST_EMPTY: "",
  TEST_ODD: "$(touch /tmp/no) `x` ' \" \\ *",
  TEST_LINES: "one\ntwo",
  TEST_USER: user,
  TEST_OPTION: "-x",
  VERSION_ID: "mine",
};

function prepare(box: Sandbox): void {
  box.write("there", "", 0o640);
  box.write("folder/in", "");
  chmodSync(box.path("folder"), 0o3751);
  box.write("odd $(exit) 'name*", "");
  symlinkSync("there", box.path("link"));
  symlinkSync("nowhere", box.path("dangling"));
}

inEachShell("a step's conditions", (shell) => {
  const group = String(process.getgid?.() === 0 ? "root" : userInfo().gid);
  const env = { ...ENV, TEST_GROUP: group };

  /** What a log tells of the conditions that failed. */
  function toldIn(box: Sandbox, log: string, table: string): readonly string[] {
    const lines = box.store().read("logs", log).split("\n");
    const start = `${table}: FAILED: `;
    return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
  }

  function expectTold(box: Sandbox, told: readonly string[]): void {
    expect(told).toHaveLength(TOLD.length);
    told.forEach((line, index) => expect(line).toContain(TOLD[index]?.replace("HOME", box.home)));
  }

  it("hold", async () => {
    const box = Sandbox.create(shell, demo(step({ preconditions: HOLDS, postconditions: HOLDS })));
    prepare(box);
    await box.expectExit(0, [], { env });
    expect(box.trace()).toEqual(["first", "middle", "last"]);
    await box.expectExit(0, ["verify"], { env });
  });

  it("fail before the step, all that do", async () => {
    const box = Sandbox.create(shell, demo(step({ preconditions: FAILS })));
    prepare(box);
    const { stderr } = await box.expectExit(1, [], { env });
    expectTold(box, toldIn(box, "middle.0.log", "precondition"));
    expect(stderr).toContain("found exit 4");
    expect(stderr).toContain("Nothing of the step was run.");
    expect(box.trace()).toEqual(["first"]);
  });

  it("fail behind the step, all that do", async () => {
    const box = Sandbox.create(shell, demo(step({ postconditions: FAILS })));
    prepare(box);
    const { stderr } = await box.expectExit(1, [], { env });
    expectTold(box, toldIn(box, "middle.1.log", "postcondition"));
    expect(stderr).toContain("found exit 4");
    expect(box.trace()).toEqual(["first", "middle"]);
  });

  it("before it: the step failed, and its rollback has nothing to undo", async () => {
    const table = { file_exists: "~/ready" };
    const middle = step({ preconditions: table, checkpoint: { atomic: true, rollback: trace("undo"), state_files: ["~/middle"] } });
    const box = Sandbox.create(shell, demo(middle));
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("step middle failed: its preconditions do not hold");
    const status = await box.status();
    expect(statuses(status)).toEqual({ first: "completed", middle: "failed", last: "pending" });
    expect(stepOf(status, "middle")).toMatchObject({ attempt: 0, exit_code: 1, settled: false });
    expect(status.run).toMatchObject({ status: "failed", exit_code: 1 });
    expect((await box.expectExit(0, ["logs"])).stdout).toContain("precondition: FAILED");
    expect((await box.expectExit(0, ["status"])).stdout).toContain("middle: failed (exit 1)");
    box.write("ready", "");
    await box.expectExit(0, ["resume"]);
    expect(box.trace()).toEqual(["first", "middle", "last"]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace().filter((word) => word === "undo")).toHaveLength(1);
  });

  it("before it, and nothing of the step is undone that it did not do", async () => {
    const box = Sandbox.create(shell, demo(step({ preconditions: { command_succeeds: "test ! -e ~/middle" } })));
    box.write("middle", "a person's\n");
    await box.expectExit(1);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read("middle")).toBe("a person's\n");
    expect(box.trace()).toEqual(["first"]);
  });

  it("before it, at a later try: what the first did is still undone", async () => {
    const middle = step({
      preconditions: { file_exists: "~/ready" },
      run: `${trace("middle")}echo 2 >~/middle\nfalse\n`,
    });
    const box = Sandbox.create(shell, demo(middle));
    box.write("ready", "");
    await box.expectExit(1);
    rmSync(box.path("ready"));
    await box.expectExit(1, ["resume"]);
    expect(stepOf(await box.status(), "middle")).toMatchObject({ status: "failed", attempt: 1 });
    expect((await box.expectExit(0, ["logs", "middle"])).stdout).toContain("precondition: FAILED");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.trace()).toEqual(["first", "middle", "undo"]);
    expect(box.exists("middle")).toBe(false);
  });

  it("behind it: an atomic step is undone", async () => {
    const middle = step({
      postconditions: { file_exists: "~/other" },
      checkpoint: { atomic: true, rollback: trace("undo"), state_files: ["~/middle"] },
    });
    const box = Sandbox.create(shell, demo(middle));
    const { stderr } = await box.expectExit(6);
    expect(stderr).toContain("postcondition: FAILED");
    expect(box.trace()).toEqual(["first", "middle", "undo"]);
    expect(box.exists("middle")).toBe(false);
  });

  it("behind it: they follow the verification, and verify asks them again", async () => {
    const middle = step({
      verify: [{ cmd: trace("verify") }],
      postconditions: { command_succeeds: trace("post"), file_exists: "~/middle" },
    });
    const box = Sandbox.create(shell, demo(middle));
    await box.expectExit(0);
    expect(box.trace()).toEqual(["first", "middle", "verify", "post", "last"]);
    await box.expectExit(0, ["verify"]);
    rmSync(box.path("middle"));
    const { stderr } = await box.expectExit(1, ["verify"]);
    expect(stderr).toContain(`expected the file ${box.path("middle")}, found nothing`);
  });

  it("are asked after `when`, and not where that skips the step", async () => {
    const middle = step({ when: "test -e ~/wanted", preconditions: { file_exists: "~/gone" }, postconditions: { file_exists: "~/gone" } });
    const box = Sandbox.create(shell, demo(middle));
    await box.expectExit(0);
    expect(box.trace()).toEqual(["first", "last"]);
    await box.expectExit(0, ["verify"]);
  });

  it("run no text of the environment", async () => {
    const canary = join("/tmp", `canary-${process.pid}`);
    const value = `\`touch ${canary}\` $(touch ${canary}); touch ${canary}`;
    const table = { env_matches: { TEST_VALUE: "^x$" }, user_in_group: { user: "${TEST_VALUE}", group: "${TEST_VALUE}" } };
    const box = Sandbox.create(shell, demo(step({ preconditions: table })));
    const { stderr } = await box.expectExit(1, [], { env: { TEST_VALUE: value } });
    expect(stderr).toContain(`found ${value}`);
    expect(() => readFileSync(canary)).toThrow();
  });

  it("with more output than is shown, name all that failed", async () => {
    const noisy = "i=0\nwhile [ $i -lt 50 ]; do echo noise; i=$((i + 1)); done\nexit 5\n";
    const box = Sandbox.create(shell, demo(step({ preconditions: { file_exists: "~/gone", command_succeeds: noisy } })));
    const { stderr } = await box.expectExit(1);
    expect(stderr).toContain("gone, found nothing");
    expect(stderr).toContain("found exit 5");
  });
});
