// `waymark test`, as far as nothing is run: its words, and what they mean.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandError } from "../../../src/commands/io.js";
import { testCommand } from "../../../src/commands/test.js";
import type { TestOptions } from "../../../src/commands/test-settings.js";
import { CompileError } from "../../../src/compiler/diagnostics/diagnostic.js";
import { HEAD } from "../helpers.js";

const DEFAULTS: TestOptions = { kills: "1", limit: "60", store: "sqlite" };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "waymark-unit-"));
  writeFileSync(join(folder, "installer.toml"), HEAD);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each<[Partial<TestOptions>, number, string]>([
  [{ claim: ["honest", "honst"] }, 2, "there is no claim honst"],
  [{ jobs: "0" }, 2, "--jobs 0 is not a number from 1"],
  [{ kills: "-1" }, 2, "--kills -1 is not a number from 0"],
  [{ seed: "x" }, 2, "--seed x is not a number from 0"],
  [{ points: "0" }, 2, "--points 0 is not a number from 1"],
  [{ limit: "1.5" }, 2, "--limit 1.5 is not a number from 1"],
  [{ env: ["A=1", "B"] }, 2, "--env B is not NAME=VALUE"],
  [{ env: ["HOME=/"] }, 2, "--env cannot set HOME: each root has its own"],
  [{ store: "paper" }, 2, "there is no store paper"],
  [{ sandbox: "castle" }, 2, "there is no sandbox castle"],
  [{ rootfs: ".", sandbox: "home" }, 2, "--rootfs goes with --sandbox bwrap"],
  [{ image: "debian", sandbox: "bwrap" }, 2, "--image IMAGE and --sandbox podman go together"],
  [{ sandbox: "podman" }, 2, "--image IMAGE and --sandbox podman go together"],
  [{ home: "/nonesuch" }, 2, "--home /nonesuch is no folder"],
  [{ shell: [" "] }, 2, "--shell needs a command"],
])("%j is refused before anything is compiled", async (options, exit, message) => {
  const failed = testCommand([folder], { ...DEFAULTS, ...options });
  await expect(failed).rejects.toBeInstanceOf(CommandError);
  await expect(failed).rejects.toMatchObject({ exitCode: exit, message });
});

test("an error in one of several files stops it before anything is run", async () => {
  await expect(testCommand([folder], DEFAULTS)).rejects.toBeInstanceOf(CompileError);
});
