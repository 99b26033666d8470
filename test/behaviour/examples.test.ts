// Each example: compiled, run, killed, resumed and rolled back to the tree of
// before. The robust installer has a file of its own.
import { mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import {
  diffTrees,
  exampleToml,
  type FileServer,
  inEachShell,
  Sandbox,
  startServer,
  statuses,
  waitUntil,
} from "./harness/index.js";

const PROGRAM = "#!/bin/sh\necho my-app\n";

/** The two fragments of the page download from its URL. */
async function fragment(name: string): Promise<{ toml: string; server: FileServer }> {
  const server = await startServer();
  server.serve("my-app", PROGRAM);
  const toml = exampleToml(name);
  expect(toml).toContain("https://example.com/my-app");
  return { toml: toml.replaceAll("https://example.com/", server.url), server };
}

/** Starts a run, kills it whole while the download waits, and lets it go. */
async function killDuringDownload(box: Sandbox, server: FileServer): Promise<void> {
  server.hold();
  const run = box.start();
  await waitUntil("the download has begun", () => server.hits("my-app") > 0);
  run.signalGroup("SIGKILL");
  await run.result;
  server.release();
}

inEachShell("examples/install-app", (shell) => {
  it("is killed, resumed and rolled back", async () => {
    const { toml, server } = await fragment("install-app");
    const box = Sandbox.create(shell, toml);
    // The page's text asks for the folder.
    mkdirSync(box.path(".local/bin"));
    box.write(".config/my-app/config.toml", "mine = 1\n", 0o600);
    const before = box.tree();
    await killDuringDownload(box, server);
    await box.expectExit(0, ["resume"]);
    expect(box.read(".local/bin/my-app")).toBe(PROGRAM);
    expect(box.tree().get(".local/bin/my-app")).toContain("file 0755");
    expect(box.store("my-installer").list("rollback")).toEqual(["install-app.sh"]);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("fails where the download fails, and resumes when it is there", async () => {
    const { toml, server } = await fragment("install-app");
    const box = Sandbox.create(shell, toml);
    mkdirSync(box.path(".local/bin"));
    server.serve("my-app");
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toMatch(/install-app/);
    server.serve("my-app", PROGRAM);
    await box.expectExit(0, ["resume"]);
    expect(box.read(".local/bin/my-app")).toBe(PROGRAM);
  });
});

inEachShell("examples/atomic-install", (shell) => {
  it("is killed, resumed and rolled back", async () => {
    const { toml, server } = await fragment("atomic-install");
    const box = Sandbox.create(shell, toml);
    mkdirSync(box.path(".local/bin"));
    mkdirSync(box.path(".config"));
    const before = box.tree();
    await killDuringDownload(box, server);
    await box.expectExit(0, ["resume"]);
    expect(box.read(".config/my-app/config.toml")).toBe("[settings]\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("is all or nothing where the download fails", async () => {
    const { toml, server } = await fragment("atomic-install");
    const box = Sandbox.create(shell, toml);
    mkdirSync(box.path(".local/bin"));
    const before = box.tree();
    server.serve("my-app");
    await box.expectExit(6);
    expect(diffTrees(before, box.tree())).toEqual([]);
    expect(statuses(await box.status())).not.toMatchObject({
      "atomic-install": "completed",
    });
  });
});

inEachShell("examples/hello", (shell) => {
  it("is killed, resumed and rolled back", async () => {
    const box = Sandbox.create(shell, exampleToml("hello"));
    const before = box.tree();
    box.holdProgram("chmod", "*/.local/bin/hello");
    const run = box.start();
    await box.reached("chmod");
    run.signalGroup("SIGKILL");
    await run.result;
    box.go();
    await box.expectExit(0, ["resume"]);
    const hello = [...box.shellCommand(), box.path(".local/bin/hello"), "you"];
    expect((await box.startCommand(hello).result).stdout).toBe("Hello, you!\n");
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("gives a program of the same name back", async () => {
    const box = Sandbox.create(shell, exampleToml("hello"));
    box.write(".local/bin/hello", "mine\n", 0o700);
    const before = box.tree();
    await box.expectExit(0);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });
});
