// The command line is given files that are no TOML, no text or no files: it
// ends with 1 and in words, and a stack trace is never shown.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Result, Running } from "../behaviour/harness/process.js";
import { caseOf } from "./cases.js";
import { CANARY } from "./nasty.js";
import { Random } from "../setup/random.js";
import { decoded } from "./workers.js";

const seed = Number(process.env["WAYMARK_FUZZ_SEED"] ?? 1);
const cli = join(import.meta.dirname, "..", "..", "dist", "cli.js");
const COUNT = 200;

/** Bytes of every kind: noise, text with noise in it, other encodings. */
function bytesOf(random: Random, number: number): Buffer {
  const noise = (): Buffer => Buffer.from(random.times(random.below(300), () => random.below(256)));
  const text = caseOf(seed, 1000 + number).bytes;
  const at = random.below(text.length + 1);
  return random.weighted<() => Buffer>([
    [1, noise],
    [1, () => Buffer.from(noise().toString("latin1").replace(/[^\n\r -~]/g, "="))],
    [2, () => Buffer.concat([text.subarray(0, at), noise(), text.subarray(at)])],
    [1, () => Buffer.concat([text.subarray(0, at), Buffer.from([random.pick([0, 0x1b, 0x80, 0xc0, 0xff])]), text.subarray(at)])],
    [1, () => Buffer.from(`\ufeff${text.toString()}`, "utf16le")],
    [1, () => Buffer.alloc(random.pick([0, 1, 4096]), random.pick(["\0", "\n", "[", "\ufeff", '"']))],
    [2, () => text],
  ])();
}

/** What a person must never see, whatever they gave. */
function wrongIn({ stdout, stderr, exit }: Result): string[] {
  const said = stderr.split("\n")[0] ?? "";
  const known = /^(?:waymark: |(?:[^\n]+:\d+:\d+: )?(?:error|warning) WM\d{4}: )/;
  return [
    exit === 0 || exit === 1 ? "" : `exit ${exit}`,
    /^ {4}at /m.test(stdout + stderr) ? "a stack trace" : "",
    /internal error|undefined|\[object/.test(said) ? "a fault of its own" : "",
    /(?!\n)[\p{Cc}\p{Surrogate}]/u.test(stderr) ? "a control character" : "",
    exit === 1 && !known.test(said) ? "neither a sentence nor a frame" : "",
    exit === 1 && stdout !== "" ? "a result all the same" : "",
    exit === 0 && !/: ok \(|install\.sh: /.test(stdout) ? "no result" : "",
  ].filter((wrong) => wrong !== "");
}

/** Calls the command line in a folder, and holds the answer against the above. */
async function call(folder: string, args: readonly string[]): Promise<{ result: Result; wrong: string[] }> {
  const result = await new Running([process.execPath, cli, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder },
  }).result;
  const wrong = wrongIn(result);
  const compiled = args[0] === "compile" && result.exit === 0;
  if (readdirSync(folder).includes("install.sh") !== compiled) wrong.push("install.sh is there, or is not");
  rmSync(join(folder, "install.sh"), { force: true });
  if (readdirSync(folder).some((name) => /^(?:waymark|wmcanary|\.)/.test(name))) wrong.push("something is left over");
  return { result, wrong };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-fuzz-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test(`${COUNT} files of arbitrary bytes end in words`, { timeout: 600_000 }, async () => {
  const numbers = Array.from({ length: COUNT }, (_, at) => at);
  const failures: string[] = [];
  const ends = new Set<number>();
  const work = async (): Promise<void> => {
    const folder = newFolder();
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const random = new Random(seed, number);
      const bytes = bytesOf(random, number);
      const name = random.pick(["installer.toml", "-", "a b'c.toml", "x\ny.toml", `$(${CANARY}).toml`]);
      writeFileSync(join(folder, name), bytes);
      const given = name === "installer.toml" ? [] : ["--", name];
      const { result, wrong } = await call(folder, [random.pick(["check", "compile"]), ...given]);
      ends.add(result.exit);
      rmSync(join(folder, name));
      if (decoded(bytes) === undefined && !/WM0901: .* not UTF-8/.test(result.stderr)) wrong.push("it is no UTF-8");
      if (wrong.length === 0) continue;
      failures.push(
        `seed ${seed}, file ${number} (${name}): ${wrong.join(", ")}\n${result.stderr.slice(0, 1000)}\n` +
          `its bytes, in base64: ${bytes.toString("base64").slice(0, 2000)}\n` +
          `again: WAYMARK_FUZZ_SEED=${seed} npx vitest run --project fuzz test/fuzz/cli.test.ts`,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  expect(failures.join("\n\n")).toBe("");
  expect([...ends].sort()).toEqual([0, 1]);
});

test("what is no file at all ends in words", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "empty"));
  mkdirSync(join(folder, "nested", "installer.toml"), { recursive: true });
  symlinkSync("loop", join(folder, "loop"));
  symlinkSync("nowhere", join(folder, "dangling"));
  writeFileSync(join(folder, "file"), "");
  const given = [".", "empty", "nested", "loop", "dangling", "missing", "file/x", "", "-", "/", "/dev/null"];
  given.push("x".repeat(300), `${"d/".repeat(3000)}x`, "\x1b[31m\n    at x", "../..//.");
  for (const path of given) {
    for (const verb of ["check", "compile"]) {
      const { result, wrong } = await call(folder, [verb, "--", path]);
      expect([wrong, result.exit], `${verb} ${path}: ${result.stderr}`).toEqual([[], 1]);
    }
  }
});
