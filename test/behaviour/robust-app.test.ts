// "Example: Robust Installer": the page's example as printed, but for its URL.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Shell } from "../setup/shells.js";
import {
  diffTrees,
  type FileServer,
  inEachShell,
  projectRoot,
  Sandbox,
  startServer,
  statuses,
  stepOf,
  type Tree,
  waitUntil,
} from "./harness/index.js";

interface Host {
  readonly box: Sandbox;
  readonly server: FileServer;
  readonly before: Tree;
}

/** A host with or without an older ~/.my-app, and a server for the URL. */
async function host(shell: Shell, existing: boolean): Promise<Host> {
  const server = await startServer();
  const page = join(projectRoot, "test", "golden", "robust-app", "installer.toml");
  const toml = readFileSync(page, "utf8");
  expect(toml).toContain("https://example.com/app.tar.gz");
  const box = Sandbox.create(shell, toml.replaceAll("https://example.com/", server.url));
  if (existing) {
    box.write(".my-app/settings", "mine\n", 0o600);
    box.write(".my-app/bin/app", program("0.9"), 0o755);
  }
  return { box, server, before: box.tree() };
}

function program(version: string): string {
  return `#!/bin/sh\necho "app ${version}"\n`;
}

/** The bytes of app.tar.gz with `bin/app` of this version. */
function tarball(box: Sandbox, version: string): Buffer {
  const staging = join(box.root, "staging");
  const tar = join(box.root, "app.tar.gz");
  mkdirSync(join(staging, "bin"), { recursive: true });
  writeFileSync(join(staging, "bin", "app"), program(version));
  chmodSync(join(staging, "bin", "app"), 0o755);
  execFileSync("tar", ["-czf", tar, "-C", staging, "."]);
  rmSync(staging, { recursive: true });
  return readFileSync(tar);
}

inEachShell("the robust installer", (shell) => {
  it("installs where the served program is the right one", async () => {
    const { box, server } = await host(shell, true);
    server.serve("app.tar.gz", tarball(box, "1.0"));
    await box.expectExit(0);
    expect(box.read(".my-app/bin/app")).toBe(program("1.0"));
    expect(box.read(".my-app.backup/bin/app")).toBe(program("0.9"));
    expect(server.hits("app.tar.gz")).toBe(1);
    expect((await box.status()).run?.status).toBe("completed");
  });

  it("fails at verify for another version, and says so", async () => {
    const { box, server } = await host(shell, false);
    server.serve("app.tar.gz", tarball(box, "2.0"));
    const { stdout, stderr } = await box.expectExit(1);
    expect(stdout + stderr).toMatch(/verify/);
    const status = await box.status();
    expect(status.run).toMatchObject({ status: "failed", exit_code: 1 });
    expect(statuses(status)).toEqual({
      "backup-existing": "completed",
      install: "completed",
      verify: "failed",
    });
    const told = (await box.expectExit(0, ["status"])).stdout;
    expect(told).toMatch(/verify.*failed|failed.*verify/);
    const list = (await box.expectExit(0, ["resume", "--list"])).stdout;
    expect(list).toMatch(/backup-existing/);
    expect(list).toMatch(/install/);
    expect(list).toMatch(/verify.*failed|failed.*verify/);
    expect((await box.expectExit(0, ["logs", "verify"])).stdout).toContain("app 2.0");
  });

  it("resumes at verify alone, the installed program put right", async () => {
    const { box, server } = await host(shell, true);
    server.serve("app.tar.gz", tarball(box, "2.0"));
    await box.expectExit(1);
    box.write(".my-app/bin/app", program("1.0"), 0o755);
    await box.expectExit(0, ["resume"]);
    expect(server.hits("app.tar.gz")).toBe(1);
    const status = await box.status();
    expect(status.run?.status).toBe("completed");
    const attempts = status.steps.map((step) => step.attempt);
    expect(attempts).toEqual([1, 1, 2]);
    expect(box.read(".my-app/bin/app"), "the person's edit is kept").toBe(program("1.0"));
  });

  it("installs again with --from install, the server put right", async () => {
    const { box, server } = await host(shell, true);
    server.serve("app.tar.gz", tarball(box, "2.0"));
    await box.expectExit(1);
    server.serve("app.tar.gz", tarball(box, "1.0"));
    await box.expectExit(0, ["resume", "--from", "install"]);
    expect(server.hits("app.tar.gz")).toBe(2);
    const status = await box.status();
    expect(status.run?.status).toBe("completed");
    expect(stepOf(status, "backup-existing").attempt).toBe(1);
    expect(box.read(".my-app/bin/app")).toBe(program("1.0"));
  });

  it("undoes the download that fails, and resumes when it is there", async () => {
    const { box, server, before } = await host(shell, true);
    // curl fails in front of a pipe; tar, which rejects no input, ends it.
    await box.expectExit(6);
    expect(diffTrees(before, box.tree())).toEqual([]);
    server.serve("app.tar.gz", tarball(box, "1.0"));
    await box.expectExit(0, ["resume"]);
    expect(box.read(".my-app/bin/app")).toBe(program("1.0"));
  });

  for (const existing of [true, false]) {
    const where = existing ? "an older ~/.my-app" : "no ~/.my-app";
    // All three end where the run began: the undo command of `install` moves
    // the backup back to its place.
    it.each([
      "rollback --to backup-existing",
      "rollback",
      "rollback --full",
    ])(`goes back to ${where} with: %s`, async (call) => {
      const { box, server, before } = await host(shell, existing);
      server.serve("app.tar.gz", tarball(box, "1.0"));
      await box.expectExit(0);
      await box.expectExit(0, call.split(" "));
      expect(diffTrees(before, box.tree())).toEqual([]);
      const after = statuses(await box.status());
      const first = call.endsWith("--full") ? "rolled_back" : "completed";
      expect(after).toMatchObject({ "backup-existing": first, install: "rolled_back" });
    });
  }

  it.each(["script", "group"] as const)(
    "is killed (%s) during install, and resumes to the same tree",
    async (victim) => {
      const { box, server, before } = await host(shell, true);
      server.serve("app.tar.gz", tarball(box, "1.0"));
      server.hold();
      const run = box.start();
      await waitForHit(server);
      if (victim === "script") run.signal("SIGKILL");
      else run.signalGroup("SIGKILL");
      await run.result;
      run.endGroup();
      server.release();
      await box.expectExit(0, ["resume"]);
      expect(box.read(".my-app/bin/app")).toBe(program("1.0"));
      expect(stepOf(await box.status(), "backup-existing").attempt).toBe(1);
      await box.expectExit(0, ["rollback", "--full"]);
      expect(diffTrees(before, box.tree())).toEqual([]);
    },
  );
});

async function waitForHit(server: FileServer): Promise<void> {
  await waitUntil("the download has begun", () => server.hits("app.tar.gz") > 0);
}
