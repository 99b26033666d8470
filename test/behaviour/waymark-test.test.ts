// `waymark test` catches what is wrong on purpose. What it proves of the
// examples is in faults/examples.test.ts.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { shells } from "../setup/shells.js";
import { exampleFolder, expectExit, projectRoot, waitUntil } from "./harness/index.js";
import {
  claims,
  folder,
  LIMIT_MS,
  linesOf,
  PROVEN,
  start,
  type Told,
  verdicts,
} from "./harness/waymark-test.js";

/** Enough to come by each kind of point; the command line alone tries all. */
const SOME = ["--seed", "7", "--points", "2", "--kills", "2"];
const WRONG = join(projectRoot, "test", "wrong-installers");

interface Expected {
  /** Which claims are false, and the path or the words that show it. */
  readonly false: Readonly<Record<string, string>>;
  /** Seconds for a call; as many as nothing needs without it. */
  readonly limit?: number;
}

describe.skipIf(shells.length === 0)("waymark test catches", () => {
  const [shell] = shells;
  const inShell = ["--shell", shell?.command.join(" ") ?? "sh"];

  it.each(readdirSync(WRONG).sort())("wrong-installers/%s", async (name) => {
    const made = join(WRONG, name);
    const expected = JSON.parse(readFileSync(join(made, "expected.json"), "utf8")) as Expected;
    // Those that are false, and those that take no time.
    const tried = new Set(["completes", "idempotent", "honest", ...Object.keys(expected.false)]);
    const told = await claims(1, [
      ...inShell,
      ...[...tried].flatMap((claim) => ["--claim", claim]),
      ...["--seed", "7", "--kills", "10", "--limit", String(expected.limit ?? 60), made],
    ]);
    const wrong = [...told.values()].filter(({ verdict }) => verdict === "false");
    expect(wrong.map(({ claim }) => claim).sort()).toEqual(Object.keys(expected.false).sort());
    for (const [claim, shown] of Object.entries(expected.false)) {
      const all = told.get(claim)?.counterexamples ?? [];
      const seen = all.flatMap((one) => [one.wrong, ...one.differences.map(({ path }) => path)]);
      expect(seen, claim).toContain(shown);
    }
    if ("completes" in expected.false) {
      expect(told.get("honest")?.verdict, "nothing is judged behind it").toBe("not proven");
    }
  }, LIMIT_MS);

  it("the same as proven once it is mended", async () => {
    const made = folder();
    const toml = readFileSync(join(WRONG, "forgets-a-file", "installer.toml"), "utf8");
    const mended = toml.replace('"rm -rf ~/.app"', '"rm -rf ~/.app ~/.config"');
    writeFileSync(join(made, "installer.toml"), mended);
    const told = await claims(0, [...inShell, ...SOME, "--claim", "reversible", made]);
    expect(verdicts(told)).toEqual({ reversible: "proven" });
  });
});

describe.skipIf(shells.length === 0)("waymark test", () => {
  const step = (id: string, script: string, checkpoint = ""): string =>
    `\n[[step]]\nid = "${id}"\nname = "${id}"\naction = "script"\n` +
    `[step.checkpoint]\n${checkpoint}\n[step.script]\ncontent = '''\n${script}\n'''\n`;

  function installer(...steps: readonly string[]): string {
    const made = folder();
    const head = '[installer]\nname = "demo"\nversion = "1.0.0"\n';
    writeFileSync(join(made, "installer.toml"), head + steps.join(""));
    return made;
  }

  it("does not judge a download that fails where there may be no network", async () => {
    const made = installer(step("get", "curl -fsS http://127.0.0.1:1/app -o ~/app"));
    const told = await claims(0, [made]);
    expect(told.get("completes")).toMatchObject({
      verdict: "not proven",
      reasons: [expect.stringMatching(/^step get fails, and downloads \(http:\/\/127\.0\.0\.1:1\/app\)/)],
    });
    expect([...told.values()].map(({ verdict }) => verdict)).toEqual(Array(6).fill("not proven"));
    await claims(1, ["--strict", made]);
    expect((await claims(1, ["--network", made])).get("completes")?.verdict).toBe("false");
  });

  it("does not judge bytes that differ from run to run, and all else", async () => {
    const made = installer(
      step("stamp", 'echo "$$ $(date +%N)" >~/stamp', 'rollback = "rm -f ~/stamp"'),
      step("wrong", ": >~/more"),
    );
    const told = await claims(1, [...SOME, "--claim", "idempotent", "--claim", "reversible", made]);
    expect(told.get("idempotent")).toMatchObject({
      verdict: "not proven",
      reasons: ["stamp differs from one uninterrupted run to the next"],
    });
    const [found] = told.get("reversible")?.counterexamples ?? [];
    expect(found?.differences).toEqual([expect.objectContaining({ path: "more", was: "absent" })]);
  });

  it("does not take the folder that it runs in for a difference", async () => {
    const made = installer(
      step(
        "path",
        'echo "root=$HOME/app" >~/settings; ln -sf "$HOME/settings" ~/link',
        'rollback = "rm -f ~/settings ~/link"',
      ),
    );
    expect(verdicts(await claims(0, [...SOME, made]))).toEqual(PROVEN);
  });

  it("does not judge what lies before an irreversible step, and rolls back to it", async () => {
    const made = installer(
      step("first", ": >~/first", 'rollback = "rm -f ~/first"'),
      step("gone", ": >~/gone", "irreversible = true"),
      step("last", ": >~/last", 'rollback = "rm -f ~/last"'),
    );
    const told = await claims(0, [...SOME, "--claim", "reversible", made]);
    expect(told.get("reversible")).toMatchObject({
      verdict: "not proven",
      reasons: [expect.stringMatching(/^step gone is irreversible/)],
    });
    const wrong = installer(
      step("gone", ": >~/gone", "irreversible = true"),
      step("last", ": >~/last"),
    );
    const found = (await claims(1, [...SOME, "--claim", "reversible", wrong])).get("reversible");
    expect(found?.counterexamples[0]?.wrong).toBe(
      "rollback --to gone does not give the tree right after gone",
    );
  });

  it("keeps the roots of counterexamples with --keep, and removes all others", async () => {
    const tmp = folder();
    const made = join(WRONG, "forgets-a-file");
    const args = ["--json", "--claim", "reversible", made];
    const kept = await start([...args, "--keep"], { tmp }).result;
    const [told] = linesOf(kept) as unknown as Told[];
    const root = told?.counterexamples[0]?.kept ?? "";
    expect(existsSync(join(root, "home", ".config", "app"))).toBe(true);
    expect(readdirSync(dirname(root)).filter((name) => /^\d+$/.test(name))).toHaveLength(
      told?.counterexamples.length ?? 0,
    );
    const other = folder();
    await start(args, { tmp: other }).result;
    expect(readdirSync(other)).toEqual([]);
  });

  it("ends all that it started and removes the roots at Ctrl-C", async () => {
    const tmp = folder();
    const made = installer(step("wait", ': >"$WAYMARK_DIR/../../waiting"; sleep 311 & wait'));
    const running = start(["--jobs", "1", made], { tmp });
    await waitUntil("a step waits", () => readdirSync(tmp, { recursive: true }).some(isWaiting));
    running.signal("SIGINT");
    const result = await running.result;
    expectExit(result, 130);
    expect(result.stderr).toBe("waymark: stopped: what was under way was ended, and its roots removed\n");
    expect(readdirSync(tmp)).toEqual([]);
    expect(commandLines()).not.toContain("sleep 311");
  });

  it("tells people the same, with the seed, and no control characters off a terminal", async () => {
    const made = join(WRONG, "forgets-a-file");
    const args = ["--seed", "5", "--claim", "completes", "--claim", "reversible"];
    const result = await start([...args, made]).result;
    expectExit(result, 1);
    expect(result.stdout).toMatch(/^forgets-a-file 1\.0\.0 \(.*\), in sh, store sqlite, sandbox home, seed 5\n/);
    expect(result.stdout).toMatch(/^  completes +proven /m);
    expect(result.stdout).toMatch(/^  reversible +FALSE /m);
    expect(result.stdout).toMatch(/^      \.config\/app: absent -> file 0644 /m);
    expect(result.stdout).toMatch(/^1 proven, 1 false, 0 not proven; .* seed 5\n$/m);

    expect(result.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  it("proves several, in several shells, and adds up", async () => {
    const [one, other] = [installer(step("a", ":")), installer(step("b", ":"))];
    const args = ["--json", "--claim", "completes", "--shell", "sh", "--shell", "bash"];
    const result = await start([...args, one, other]).result;
    expectExit(result, 0);
    const lines = linesOf(result);
    expect(lines.slice(0, -1).map(({ shell, file }) => [shell, file])).toEqual(
      [one, other].flatMap((made) => ["sh", "bash"].map((shell) => [shell, join(made, "installer.toml")])),
    );
    expect(lines.at(-1)).toMatchObject({
      totals: { installers: 2, proven: 4, false: 0, not_proven: 0, exit_code: 0 },
    });
  });

  it("draws the same random kills from the same seed", async () => {
    const made = join(WRONG, "does-not-resume");
    const args = ["--claim", "resumable", "--points", "1", "--kills", "4", "--jobs", "1", made];
    const titles = async (seed: string): Promise<unknown> =>
      (await claims(1, ["--seed", seed, ...args])).get("resumable")?.counterexamples[0];
    expect(await titles("3")).toMatchObject({ wrong: "resume exits 1, not 0" });
  });

  it("begins with a copy of --home", async () => {
    const home = folder();
    cpSync(join(WRONG, "only-once"), join(home, "here"), { recursive: true });
    const made = installer(step("needs", "test -f ~/here/installer.toml"));
    expect((await claims(0, ["--claim", "completes", "--home", home, made])).size).toBe(1);
    expect((await claims(1, ["--claim", "completes", made])).get("completes")?.verdict).toBe("false");
  });
});

function isWaiting(path: string | Buffer): boolean {
  return String(path).endsWith("/waiting");
}

function commandLines(): readonly string[] {
  return execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");
}
