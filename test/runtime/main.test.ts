// How the words of a call are read, and which are refused.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";

/** Two steps, as an emitted script's plan has them. */
const PLAN = `waymark_plan() {
	"$1" 1 one one 'Step one' xc 0 '' --
	"$1" 2 two.2 two_2 'Step two' x 0 'one' --
}
`;

const READ = `rt_main_read \${1+"$@"}
rt_main_fit
`;

/** What a call may set, and what it is where it does not. */
const UNSET = {
  verb: "run",
  step: "",
  base: "",
  from: "",
  to: "",
  list: "",
  full: "",
  fresh: "",
  force: "",
  strict: "",
  dry: "",
  quiet: "",
  verbose: "",
  json: "",
  plain: "",
};

const ACCEPTED: readonly (readonly [string[], Partial<typeof UNSET>])[] = [
  [[], {}],
  [["run"], {}],
  [["--yes"], {}],
  [["-y", "run"], {}],
  [["resume"], { verb: "resume" }],
  [["rollback"], { verb: "rollback" }],
  [["status", "--json"], { verb: "status", json: "1" }],
  [["--json", "status"], { verb: "status", json: "1" }],
  [["plan", "-q", "-v"], { verb: "plan", quiet: "1", verbose: "1" }],
  [["verify", "--quiet", "--verbose", "--no-color"], { verb: "verify", quiet: "1", verbose: "1", plain: "1" }],
  [["logs"], { verb: "logs" }],
  [["logs", "two.2"], { verb: "logs", step: "two.2" }],
  [["help"], { verb: "help" }],
  [["--help"], { verb: "help" }],
  [["-h"], { verb: "help" }],
  [["version"], { verb: "version" }],
  [["--version"], { verb: "version" }],
  [["run", "--fresh"], { fresh: "1" }],
  [["--fresh"], { fresh: "1" }],
  [["run", "--strict", "--dry-run"], { strict: "1", dry: "1" }],
  [["plan", "--fresh"], { verb: "plan", fresh: "1" }],
  [["resume", "--from", "two.2"], { verb: "resume", from: "two.2" }],
  [["resume", "--from=one", "--strict"], { verb: "resume", from: "one", strict: "1" }],
  [["resume", "--list"], { verb: "resume", list: "1" }],
  [["rollback", "--to", "one"], { verb: "rollback", to: "one" }],
  [["rollback", "--to=two.2", "--force"], { verb: "rollback", to: "two.2", force: "1" }],
  [["rollback", "--full"], { verb: "rollback", full: "1" }],
  [["--checkpoint-dir", "a dir", "run"], { base: "a dir" }],
  [["run", "--checkpoint-dir=/x=y '$z"], { base: "/x=y '$z" }],
  [["status", "--checkpoint-dir", "-odd"], { verb: "status", base: "-odd" }],
];

const REFUSED: readonly (readonly [string[], string])[] = [
  [["install"], "install"],
  [["Run"], "Run"],
  [[""], ""],
  [["*"], "*"],
  [["run", "now"], "now"],
  [["run", "run"], "run"],
  [["status", "one"], "one"],
  [["logs", "one", "two.2"], "one step"],
  [["logs", "three"], "three"],
  [["logs", "tw"], "tw"],
  [["logs", "*"], "*"],
  [["-x"], "-x"],
  [["--"], "--"],
  [["-"], "-"],
  [["--fresh=1"], "--fresh=1"],
  [["--jsonx"], "--jsonx"],
  [["-qv"], "-qv"],
  [["--from"], "--from"],
  [["resume", "--from", ""], "--from"],
  [["resume", "--from="], "--from"],
  [["resume", "--from", "three"], "three"],
  [["resume", "--from", "one two.2"], "one two.2"],
  [["resume", "--from", "one", "--list"], "--list"],
  [["rollback", "--to", "one", "--full"], "--full"],
  [["--checkpoint-dir"], "--checkpoint-dir"],
  [["--checkpoint-dir", ""], "--checkpoint-dir"],
  [["--checkpoint-dir="], "--checkpoint-dir"],
];

/** Which verb takes which flag, of those that not all take. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  run: ["--fresh", "--strict", "--dry-run"],
  resume: ["--from=one", "--list", "--strict"],
  rollback: ["--to=one", "--full", "--force"],
  plan: ["--fresh"],
  status: [],
  verify: [],
  logs: [],
  help: [],
  version: [],
};

/** Each verb with each flag that is another's. */
const MISPLACED = Object.entries(TAKES).flatMap(([verb, own]) =>
  [...new Set(Object.values(TAKES).flat())]
    .filter((flag) => !own.includes(flag))
    .map((flag) => [[verb, flag], flag.replace(/=.*/, "")] as [string[], string]),
);

const shown = (args: readonly string[]): string => JSON.stringify(args);

inEachShell("main", (shell) => {
  it("reads every call that there is", async () => {
    const puts = Object.keys(UNSET).map((name) => `put "$rt_${name}"`).join("\n");
    const lines = ACCEPTED.map(
      ([args]) => `set -- ${args.map(sh).join(" ")}\n(\n${READ}${puts}\n)`,
    );
    const values = await new Bench(shell).values(["main"], PLAN + lines.join("\n"));
    const names = Object.keys(UNSET);
    const read = ACCEPTED.map(([args], i) => [
      shown(args),
      Object.fromEntries(names.map((name, n) => [name, values[i * names.length + n]])),
    ]);
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries(ACCEPTED.map(([args, set]) => [shown(args), { ...UNSET, ...set }])),
    );
  });

  it("refuses every other with 2, says which word is wrong, and where help is", async () => {
    const refused = [...REFUSED, ...MISPLACED];
    const lines = refused.map(
      ([args]) => `set -- ${args.map(sh).join(" ")}
rt_said=$( (
${READ}) 2>&1)
put "$?"
put "$rt_said"`,
    );
    const values = await new Bench(shell).values(["main"], PLAN + lines.join("\n"));
    const told = refused.map(([args, word], i) => {
      const said = values[2 * i + 1] ?? "";
      const helps = /^ {2}(See: sh install\.sh help|The steps are: one two\.2)$/m.test(said);
      const line = said.split("\n")[0] ?? "";
      return [shown(args), { exit: values[2 * i], names: line.includes(word) || line, helps }];
    });
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(refused.map(([args]) => [shown(args), { exit: "2", names: true, helps: true }])),
    );
  });

  it("tells a program of a wrong call too", async () => {
    // As a call begins: with no descriptor open but the three.
    const lines = `${PLAN}exec 9>&-\nrt_main --json --bogus`;
    const { exit, stdout } = await new Bench(shell).run(["main"], lines);
    expect(exit).toBe(2);
    expect(stdout === "" ? stdout : JSON.parse(stdout)).toMatchObject({ event: "error", exit_code: 2 });
  });

  it("takes nothing of its own from the environment", async () => {
    const env = { rt_json: "1", rt_quiet: "1", rt_base: "/evil", rt_dir: "/evil", rt_force: "1", IFS: "r" };
    const lines = 'rt_main_reset\nput "$rt_json$rt_quiet$rt_base$rt_force"\nput "$IFS"';
    const values = await new Bench(shell).values(["main"], PLAN + lines, { env });
    expect(values).toEqual(["", " \t\n"]);
  });

  /** What the copy that a host keeps knows of itself. */
  const ORIGIN = `unset rt_loader
rt_main_origin
put "$rt_self"
put "$rt_call"
put "$rt_copy_dir"
put "$rt_script_sha"`;

  it("finds its own text where it is a file, and says how to call it", async () => {
    const bench = new Bench(shell);
    for (const folder of ["plain", "it's a dir", "-n *"]) {
      const name = `${folder}/install.sh`;
      const file = bench.path(name);
      const [self, call, copy, sum] = await bench.values(["main"], ORIGIN, { name, sealed: true });
      expect({ self, copy }).toEqual({ self: file, copy: "" });
      expect(call).toBe(folder === "plain" ? `sh ${file}` : `sh '${file.replaceAll("'", "'\\''")}'`);
      expect(sum).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
    }
    bench.write("plain/checkpoint.db", "");
    const kept = await bench.values(["main"], ORIGIN, { name: "plain/install.sh", sealed: true });
    expect(kept[2]).toBe(bench.path("plain"));
    const other = await bench.values(["main"], ORIGIN, { name: "plain/another.sh" });
    expect(other).toEqual(["", "sh install.sh", "", ""]);
  });

  it("refuses a copy of itself that is damaged", async () => {
    const bench = new Bench(shell);
    // Without the last line's sum it is not the text that was written.
    const { exit, stdout, stderr } = await bench.run(["main"], ORIGIN, { name: "install.sh" });
    expect({ exit, stdout }).toEqual({ exit: 8, stdout: "" });
    expect(stderr).toContain(`${bench.path("install.sh")} is damaged`);
  });

  it("makes its own files private, and remembers the person's umask", async () => {
    const bench = new Bench(shell);
    const lines = `umask 027
unset rt_loader
rt_main_origin
: >made
put "$rt_umask"
put "$(rt_ls made | cut -c1-10)"`;
    const [umask, mode] = await bench.values(["main"], lines);
    expect(Number.parseInt(umask ?? "", 8)).toBe(0o027);
    expect(mode).toBe("-rw-------");
  });

  it("rt_main_surprise never ends with success", async () => {
    for (const [status, exit] of [[0, 1], [3, 3]] as const) {
      const lines = `trap 'rt_main_surprise "$?"' 0\n(exit ${status})\nexit ${status}`;
      const ran = await new Bench(shell).run(["main"], lines);
      expect(ran.exit).toBe(exit);
      expect(ran.stderr).toContain("stopped unexpectedly");
      expect(ran.stderr).toContain("resume");
    }
  });

  it.each(["help", "version", "plan", "status", "logs", "verify"])(
    "the verb %s leaves a host without a run as it is",
    async (verb) => {
      const bench = new Bench(shell);
      mkdirSync(bench.path("home", "x"));
      chmodSync(bench.path("home"), 0o500);
      const { exit, stderr, stdout } = await bench.run(["main"], `${PLAN}rt_main ${verb}`);
      expect(stderr.includes("unexpectedly")).toBe(false);
      expect(exit).toBe(["logs", "verify"].includes(verb) ? 2 : 0);
      expect((stdout + stderr).length).toBeGreaterThan(0);
      chmodSync(bench.path("home"), 0o700);
    },
  );
});
