// "Track state files": pre-images of every kind, and their restoration.
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, it } from "vitest";
import {
  diffTrees,
  inEachShell,
  installerToml,
  recordTree,
  Sandbox,
  stepOf,
} from "./harness/index.js";

const isRoot = process.getuid?.() === 0;

/** A step that changes `~/it` by `run`, with no undo command of its own. */
function changes(run: string, more: object = {}): string {
  return installerToml({
    steps: [{ id: "change", run, checkpoint: { state_files: ["~/it"], ...more } }],
  });
}

type Prepare = (box: Sandbox) => void;

const file: Prepare = (box) => box.write("it", "old\n\0\x01binary", 0o640);
const tree: Prepare = (box) => {
  box.write("it/.hidden", "h\n", 0o600);
  box.write("it/deep/er/file", "f\n", 0o755);
  mkdirSync(box.path("it/empty"));
  chmodSync(box.path("it/empty"), 0o750);
  symlinkSync("../outside", box.path("it/link"));
  symlinkSync("/no/where", box.path("it/deep/dangling"));
  chmodSync(box.path("it/deep"), 0o555);
};
const link: Prepare = (box) => symlinkSync("target of it", box.path("it"));
const nothing: Prepare = () => {};

const BEFORE: readonly (readonly [string, Prepare])[] = [
  ["a file", file],
  ["a tree", tree],
  ["a symlink", link],
  ["nothing", nothing],
];

/** What a step may leave in its place. */
const AFTER: readonly (readonly [string, string])[] = [
  ["another file", "chmod -R u+w ~/it 2>/dev/null || :\nrm -rf ~/it\necho new >~/it\n"],
  [
    "another tree",
    "chmod -R u+w ~/it 2>/dev/null || :\nrm -rf ~/it\nmkdir -p ~/it/sub\n: >~/it/sub/new\n",
  ],
  [
    "a symlink elsewhere",
    "chmod -R u+w ~/it 2>/dev/null || :\nrm -rf ~/it\nln -s elsewhere ~/it\n",
  ],
  ["nothing", "chmod -R u+w ~/it 2>/dev/null || :\nrm -rf ~/it\n"],
];

inEachShell("state files", (shell) => {
  for (const [was, prepare] of BEFORE) {
    it.each(AFTER)(`get ${was} back after %s`, async (_, run) => {
      const box = Sandbox.create(shell, changes(run));
      prepare(box);
      const before = box.tree();
      await box.expectExit(0);
      await box.expectExit(0, ["rollback"]);
      expect(diffTrees(before, box.tree())).toEqual([]);
    });
  }

  it.each([
    ["an edited file in a tree", "echo more >>~/it/deep/er/file\n"],
    ["an added file in a tree", ": >~/it/new\n"],
    ["a removed file in a tree", "rm ~/it/.hidden\n"],
    ["a changed mode in a tree", "chmod 700 ~/it/deep/er/file\n"],
    ["a changed link in a tree", "rm ~/it/link\nln -s new ~/it/link\n"],
  ])("get a tree back after %s", async (_, run) => {
    const box = Sandbox.create(shell, changes(run));
    tree(box);
    const before = box.tree();
    await box.expectExit(0);
    expect(diffTrees(before, box.tree())).not.toEqual([]);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("get a file's bytes and mode back", async () => {
    const run = "printf 'x' >>~/it\nchmod 4755 ~/it\n";
    const box = Sandbox.create(shell, changes(run));
    file(box);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect(readFileSync(box.path("it"), "latin1")).toBe("old\n\0\x01binary");
  });

  it.runIf(isRoot)("get their owners back", async () => {
    const run = "chown -R 0:0 ~/it\nchown -h 0:0 ~/it/link\necho x >>~/it/deep/er/file\n";
    const box = Sandbox.create(shell, changes(run));
    tree(box);
    chownSync(box.path("it/deep/er/file"), 12345, 54321);
    chownSync(box.path("it/empty"), 12345, 0);
    lchownSync(box.path("it/link"), 12345, 54321);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("are left alone with snapshot = false", async () => {
    const box = Sandbox.create(shell, changes("echo new >~/it\n", { snapshot: false }));
    file(box);
    await box.expectExit(0);
    expect(stepOf(await box.status(), "change").state_files).toMatchObject([
      { drift: "same" },
    ]);
    await box.expectExit(0, ["rollback"]);
    expect(box.read("it")).toBe("new\n");
  });

  it("may lie in folders that the step itself makes", async () => {
    const toml = installerToml({
      steps: [
        {
          id: "deep",
          run: "mkdir -p ~/new/er\necho x >~/new/er/file\n",
          checkpoint: { state_files: ["~/new/er/file"], rollback: "rm -rf ~/new" },
        },
      ],
    });
    const box = Sandbox.create(shell, toml);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("come back where the undo command took their folder away", async () => {
    const toml = installerToml({
      steps: [
        {
          id: "greedy",
          run: "echo new >~/folder/file\n",
          checkpoint: { state_files: ["~/folder/file"], rollback: "rm -rf ~/folder" },
        },
      ],
    });
    const box = Sandbox.create(shell, toml);
    box.write("folder/file", "old\n");
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(box.read("folder/file")).toBe("old\n");
  });

  it("shared by two steps end as they were before each", async () => {
    const append = (id: string) => ({
      id,
      run: `echo ${id} >>~/it\n`,
      checkpoint: { state_files: ["~/it"] },
    });
    const toml = installerToml({ steps: [append("a"), append("b")] });
    const box = Sandbox.create(shell, toml);
    box.write("it", "0\n");
    await box.expectExit(0);
    await box.expectExit(0, ["rollback"]);
    expect(box.read("it")).toBe("0\na\n");
    await box.expectExit(0, ["rollback"]);
    expect(box.read("it")).toBe("0\n");
  });

  it("have their pre-images saved before the step's first command", async () => {
    const run = 'cp -R "$WAYMARK_DIR/backup/change" ~/seen\necho new >~/it\n';
    const box = Sandbox.create(shell, changes(run));
    file(box);
    const sha256 = box.tree().get("it")?.split(" ").at(-1);
    await box.expectExit(0);
    const seen = [...recordTree(box.path("seen")).values()];
    expect(seen.filter((entry) => entry.endsWith(` ${sha256}`))).toHaveLength(1);
  });

  it("report their drift", async () => {
    const box = Sandbox.create(shell, changes("echo new >~/it\n"));
    await box.expectExit(0);
    const drift = async () =>
      stepOf(await box.status(), "change").state_files.map((one) => one.drift);
    expect(await drift()).toEqual(["same"]);
    writeFileSync(box.path("it"), "edited\n");
    expect(await drift()).toEqual(["changed"]);
    const { stdout } = await box.expectExit(0, ["status"]);
    expect(stdout).toMatch(/it.*changed|changed.*it/);
    await box.startCommand(["rm", box.path("it")]).result;
    expect(await drift()).toEqual(["missing"]);
  });
});
