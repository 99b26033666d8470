// Every kind of thing, put back over every other kind.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { diffTrees, recordTree } from "../behaviour/harness/tree.js";
import { findTool } from "../setup/tools.js";
import type { Shell } from "../setup/shells.js";
import { Bench, inEachShell, type RunOptions, sh } from "./harness.js";

const MODULES = ["state", "store", "schema", "folder", "hash"];

const OPEN = `rt_hash_find
rt_base=$PWD/base
rt_folder_find
rt_folder_open
rt_store_open rw
rt_run=1
`;

/** Makes one kind of thing at a path; its bytes tell before from after. */
const KINDS: Readonly<Record<string, (path: string, when: string) => void>> = {
  file: (path, when) => {
    writeFileSync(path, `bytes ${when}\n`);
    chmodSync(path, when === "before" ? 0o4751 : 0o600);
  },
  directory: (path, when) => {
    mkdirSync(`${path}/below/empty`, { recursive: true });
    writeFileSync(`${path}/below/file ${when}`, when);
    chmodSync(`${path}/below`, 0o500);
    symlinkSync(`to ${when}`, `${path}/below/link`);
    chmodSync(path, when === "before" ? 0o750 : 0o705);
  },
  "link to a directory": (path, when) => symlinkSync(`../aims/${when}`, path),
  "dangling link": (path, when) => symlinkSync(`nowhere ${when}`, path),
  absent: () => {},
};

const TABLE = Object.keys(KINDS).flatMap((before) =>
  Object.keys(KINDS).map((after) => ({ before, after, name: `${before} < ${after}` })),
);

/** A folder with a thing for each cell of the table, and what links aim at. */
function make(bench: Bench, when: "before" | "after"): void {
  const dir = bench.path("things");
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  for (const { name, ...kinds } of TABLE) KINDS[kinds[when]]?.(`${dir}/${name}`, when);
  if (existsSync(bench.path("aims"))) return;
  for (const aim of ["before", "after"]) bench.write(`aims/${aim}/kept`, "theirs");
}

const PATHS = `rt_state_paths ${TABLE.map(({ name }) => `"$TEST_BENCH/things/"${sh(name)}`).join(" ")}\n`;

/** Records what is before a step, in one call of the script. */
const BEFORE = `${OPEN}${PATHS}rt_snapshot=1
rt_state_before 3 my-step
rt_store_ask "$RT_REPLY"
rt_store_close`;

const AFTER = `${OPEN}${PATHS}rt_state_after 3
rt_store_ask "$RT_REPLY"
rt_store_close`;

const RESTORE = `${OPEN}rt_state_load 1 3
put "$rt_paths"
rt_state_restore my-step
put "$?"
rt_store_close`;

/** The tools that a small system has, all of them of busybox. */
function busyboxTools(bench: Bench): string {
  const folder = bench.path("busybox-tools");
  mkdirSync(folder);
  const { stdout } = spawnSync("busybox", ["--list"], { encoding: "utf8" });
  for (const name of stdout.split("\n").filter(Boolean)) {
    symlinkSync(findTool("busybox") ?? "", `${folder}/${name}`);
  }
  rmSync(`${folder}/sqlite3`, { force: true });
  symlinkSync(findTool("sqlite3") ?? "", `${folder}/sqlite3`);
  return folder;
}

function tests(shell: Shell, options: (bench: Bench) => RunOptions = () => ({})): void {
  it("puts every kind back over every kind", async () => {
    const bench = new Bench(shell);
    make(bench, "before");
    const before = recordTree(bench.path("things"));
    const aims = recordTree(bench.path("aims"));
    const run = options(bench);
    await bench.values(MODULES, BEFORE, run);
    make(bench, "after");
    expect(diffTrees(before, recordTree(bench.path("things"))).length).toBeGreaterThan(TABLE.length / 2);
    expect(await bench.values(MODULES, RESTORE, run)).toEqual([`${TABLE.length}`, "0"]);
    expect(diffTrees(before, recordTree(bench.path("things")))).toEqual([]);
    expect(recordTree(bench.path("aims")), "what a link aims at is not touched").toEqual(aims);
    // A second time there is nothing to do.
    const inodes = TABLE.filter(({ before }) => before !== "absent").map(
      ({ name }) => lstatSync(bench.path("things", name)).ino,
    );
    expect(await bench.values(MODULES, RESTORE, run)).toEqual([`${TABLE.length}`, "0"]);
    expect(
      TABLE.filter(({ before }) => before !== "absent").map(
        ({ name }) => lstatSync(bench.path("things", name)).ino,
      ),
    ).toEqual(inodes);
  });

  it("tells drift, and keeps what somebody changed after the step", async () => {
    const bench = new Bench(shell);
    const run = options(bench);
    make(bench, "before");
    await bench.values(MODULES, BEFORE, run);
    make(bench, "after");
    await bench.values(MODULES, AFTER, run);
    const drift = `${OPEN}rt_state_load 1 3
rt_state_args rt_state_scan
for rt_n in ${TABLE.map((_, i) => i + 1).join(" ")}; do
	rt_state_drift "$rt_n"
	put "$RT_REPLY"
done
rt_store_close`;
    expect(new Set(await bench.values(MODULES, drift, run))).toEqual(new Set(["same"]));

    // Somebody's own file in the place of each; one is taken away.
    for (const { name } of TABLE) {
      rmSync(bench.path("things", name), { recursive: true, force: true });
      if (name !== "file < file") bench.write(`things/${name}`, `mine: ${name}`, 0o640);
    }
    const found = await bench.values(MODULES, drift, run);
    expect(Object.fromEntries(TABLE.map(({ name }, i) => [name, found[i]]))).toEqual(
      Object.fromEntries(TABLE.map(({ name }) => [name, name === "file < file" ? "missing" : "changed"])),
    );

    const keep = `${OPEN}rt_state_load 1 3\nrt_state_keep_edits my-step\nrt_store_close`;
    const { exit, stderr } = await bench.run(MODULES, keep, run);
    expect(exit).toBe(0);
    const kept = recordTree(bench.path("base/demo/backup/my-step/conflict"));
    const files = [...kept.keys()].filter((path) => path.includes("/"));
    expect(files.map((path) => path.split("/")[1]).sort()).toEqual(
      TABLE.map(({ name }) => name).filter((name) => name !== "file < file").sort(),
    );
    for (const path of files) {
      const full = bench.path("base/demo/backup/my-step/conflict", path);
      expect(readFileSync(full, "utf8")).toBe(`mine: ${path.split("/")[1]}`);
      expect(lstatSync(full).mode & 0o777).toBe(0o640);
      expect(stderr).toContain(full);
    }
    // Kept again it goes beside the first, which stays.
    bench.write("things/file < absent", "mine again");
    await bench.run(MODULES, keep, run);
    const all = recordTree(bench.path("base/demo/backup/my-step/conflict"));
    expect(diffTrees(kept, all).every((line) => line.startsWith("+"))).toBe(true);
  });
}

describe.runIf(findTool("sqlite3"))("", () => {
  inEachShell("state", (shell) => {
    tests(shell);

    it("rt_state_load gives back what was recorded, whatever it holds", async () => {
      const bench = new Bench(shell);
      const names = ["plain", " two  blanks ", "a\nnewline\n\n", "tab\t|bar|", "\\101\\n\\\\", "'\"$HOME`id`", "*", "\x01\x1f\x7f", "ß✓", "=", "cr\r\n\r"];
      const paths = names.map((name) => `/w/${name}/${name}`);
      const targets = names.map((name) => `to ${name}`);
      const hex = (text: string): string => `CAST(X'${Buffer.from(text).toString("hex")}' AS TEXT)`;
      const values = paths.map(
        (path, i) =>
          `(1,2,${i + 1},${hex(path)},NULL,'symlink',${hex(targets[i] ?? "")},'0777','0:0',NULL,'absent','','','',NULL)`,
      );
      const lines = `${OPEN}rt_store_ask ${sh(`INSERT INTO state_files VALUES ${values.join(",\n")};`)}
rt_state_load 1 2
put "$rt_paths"
for rt_n in ${paths.map((_, i) => i + 1).join(" ")}; do
	eval "put \\"\\$rt_path_$rt_n\\"; put \\"\\$rt_pre_digest_$rt_n\\""
	eval "put \\"\\$rt_pre_kind_$rt_n \\$rt_pre_mode_$rt_n \\$rt_pre_owner_$rt_n \\$rt_post_kind_$rt_n\\""
done
rt_state_load 1 7
put "$rt_paths"
rt_store_close`;
      expect(await bench.values(MODULES, lines)).toEqual([
        `${paths.length}`,
        ...paths.flatMap((path, i) => [path, targets[i], "symlink 0777 0:0 absent"]),
        "0",
      ]);
    });

    it("says which file cannot be put back, and puts the others back", async () => {
      const bench = new Bench(shell);
      const lines = (call: string): string => `${OPEN}rt_snapshot=1
rt_state_paths "$TEST_BENCH/one/file" "$TEST_BENCH/two/file"
${call}
rt_store_close`;
      bench.write("one/file", "one");
      bench.write("two/file", "two");
      await bench.values(MODULES, lines('rt_state_before 1 a\nrt_store_ask "$RT_REPLY"'));
      rmSync(bench.path("one"), { recursive: true });
      writeFileSync(bench.path("one"), "in the way of its folder");
      writeFileSync(bench.path("two/file"), "changed");
      const { stderr, stdout } = await bench.run(
        MODULES,
        lines('rt_state_load 1 1\nrt_state_restore a\nput "$?"'),
      );
      expect(stdout).toBe("1\0");
      expect(stderr).toContain(`cannot put back ${bench.path("one/file")}`);
      expect(readFileSync(bench.path("two/file"), "utf8")).toBe("two");
      expect(readFileSync(bench.path("base/demo/backup/a/1/1"), "utf8")).toBe("one");
    });

    it("does without a pre-image where none is wanted", async () => {
      const bench = new Bench(shell);
      bench.write("file", "before");
      const lines = (call: string): string => `${OPEN}rt_snapshot=
rt_state_paths "$TEST_BENCH/file"
${call}
rt_store_close`;
      await bench.values(MODULES, lines('rt_state_before 1 a\nrt_store_ask "$RT_REPLY"'));
      expect(existsSync(bench.path("base/demo/backup/a"))).toBe(false);
      writeFileSync(bench.path("file"), "after");
      const restored = await bench.values(MODULES, lines('rt_state_load 1 1\nrt_state_restore a\nput "$?"'));
      expect(restored).toEqual(["0"]);
      expect(readFileSync(bench.path("file"), "utf8")).toBe("after");
    });
  });

  const busybox = findTool("busybox");
  describe.runIf(busybox)("state, with the tools of busybox", () => {
    const shell: Shell = { key: "busybox", name: "busybox ash", command: ["busybox", "ash"] };
    tests(shell, (bench) => ({ env: { PATH: busyboxTools(bench) } }));
  });
});
