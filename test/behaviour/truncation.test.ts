// A script that was cut anywhere, from a file and from a pipe, has no effect
// and never exits 0.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Result } from "./harness/process.js";
import { inEachShell, installerToml, Sandbox, trace } from "./harness/index.js";

const TOML = installerToml({
  steps: [{ id: "only", run: `${trace("only")}: >~/made\n`, checkpoint: {} }],
});

const STRIDE = 97;
/** At both ends, every byte. */
const TAIL = 300;
/** Two at a time: what one waits for, the other one uses. */
const LANES = 2;

/** What is cut in here is a comment, or a `trap` that only lists traps. */
const SILENT = /^#!\/bin\/sh\n(\{ )?trap /;

function cutsOf(script: string): readonly number[] {
  const cuts = new Set<number>();
  for (let at = 1; at < TAIL; at++) cuts.add(at);
  for (let at = 0; at < script.length - 1; at += STRIDE) cuts.add(at);
  // The last newline alone may be missing: the last command is whole then.
  for (let at = script.length - TAIL; at < script.length - 1; at++) cuts.add(at);
  return [...cuts].sort((a, b) => a - b);
}

inEachShell("a cut script", (shell) => {
  it.each(["file", "pipe"] as const)(
    "has no effect, from a %s",
    { timeout: 600_000 },
    async (how) => {
      const box = Sandbox.create(shell, TOML);
      const script = box.script();
      const silent = SILENT.exec(script)?.[0].length;
      expect(silent, "the guard is the script's first command").toBeDefined();
      const queue = [...cutsOf(script)];
      const faults: string[] = [];

      const lane = async (number: number): Promise<void> => {
        const home = join(box.root, `home-${number}`);
        const file = join(box.root, `cut-${number}.sh`);
        mkdirSync(home);
        for (let cut = queue.shift(); cut !== undefined; cut = queue.shift()) {
          const text = script.slice(0, cut);
          writeFileSync(file, text);
          const options = { env: { HOME: home, TMPDIR: home } };
          const { exit, stderr }: Result = await (how === "file"
            ? box.startCommand([...box.shellCommand(), file], options).result
            : box.startCommand(box.shellCommand(), { ...options, input: text }).result);
          if (exit === 0 && cut > (silent ?? 0)) faults.push(`${cut}: exit 0 ${stderr}`);
          if (readdirSync(home).length > 0) {
            faults.push(`${cut}: left ${readdirSync(home)}`);
            return;
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));

      expect(faults).toEqual([]);
      expect(box.trace()).toEqual([]);
    },
  );

  it("that is whole but for its last newline is whole", async () => {
    const box = Sandbox.create(shell, TOML);
    const script = box.script();
    expect(script.endsWith("}\n")).toBe(true);
    writeFileSync(box.installSh, script.slice(0, -1));
    await box.expectExit(0);
    expect(box.trace()).toEqual(["only"]);
  });
});
