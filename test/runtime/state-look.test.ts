// What the looks of a state file are: kind, digest, mode, owner, size.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";

const isRoot = process.getuid?.() === 0;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** As ls shows a mode. */
function modeString(mode: number): string {
  const letters = [..."rwxrwxrwx"].map((letter, i) => (mode & (0o400 >> i) ? letter : "-"));
  const special = (at: number, bit: number, letter: string): void => {
    if (mode & bit) letters[at] = letters[at] === "x" ? letter : letter.toUpperCase();
  };
  special(2, 0o4000, "s");
  special(5, 0o2000, "s");
  special(8, 0o1000, "t");
  return letters.join("");
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** Names that a listing in lines or in words would get wrong. */
const NAMES = ["plain", " two  blanks ", "a\nnewline", "\n", "ends\n", "tab\t", "a\\b", "\\", "'\"", "*", "-rf", "a -> b", "ß✓"];

/** Puts the looks of each path: five texts a path. */
function scan(paths: readonly string[]): string {
  const puts = paths.map(
    (_, i) => `rt_state_get now ${i + 1}
put "$rt_kind"; put "$rt_digest"; put "$rt_mode"; put "$rt_owner"; put "$rt_now_size_${i + 1}"`,
  );
  return `rt_hash_find
rt_state_scan ${paths.map(sh).join(" ")}
${puts.join("\n")}`;
}

interface Looks {
  readonly kind: string;
  readonly digest: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: string;
}

function looks(values: readonly string[]): Looks[] {
  return Array.from({ length: values.length / 5 }, (_, i) => {
    const [kind = "", digest = "", mode = "", owner = "", size = ""] = values.slice(5 * i, 5 * i + 5);
    return { kind, digest, mode, owner, size };
  });
}

function expectedOf(path: string, kind: string, digest: string): Looks {
  const { mode, uid, gid, size } = lstatSync(path);
  return { kind, digest, mode: octal(mode), owner: `${uid}:${gid}`, size: kind === "file" ? String(size) : "" };
}

/** Each changes one thing of the tree below `root`. */
const CHANGES: Readonly<Record<string, (root: string) => void>> = {
  "a file's bytes": (root) => writeFileSync(`${root}/file`, "TEXT"),
  "a file's size": (root) => truncateSync(`${root}/file`, 2),
  "a file's mode": (root) => chmodSync(`${root}/file`, 0o644),
  "a setuid bit": (root) => chmodSync(`${root}/file`, 0o4755),
  "a folder's mode": (root) => chmodSync(`${root}/below`, 0o700),
  "the tree's own mode": (root) => chmodSync(root, 0o700),
  "a file's name": (root) => renameSync(`${root}/file`, `${root}/other`),
  "a file's place": (root) => renameSync(`${root}/file`, `${root}/below/file`),
  "a file that is gone": (root) => rmSync(`${root}/below/deep`),
  "an empty file more": (root) => writeFileSync(`${root}/more`, ""),
  "an empty folder more": (root) => mkdirSync(`${root}/more`),
  "a hidden file more": (root) => writeFileSync(`${root}/.more`, ""),
  "a link's target": (root) => {
    rmSync(`${root}/link`);
    symlinkSync("fila", `${root}/link`);
  },
  "a link that is a file now": (root) => {
    rmSync(`${root}/link`);
    writeFileSync(`${root}/link`, "text");
  },
  "bytes of two files, swapped": (root) => {
    writeFileSync(`${root}/file`, "deep");
    writeFileSync(`${root}/below/deep`, "text");
  },
  "bytes of a file with a newline in its name": (root) => writeFileSync(`${root}/new\nline`, "NEW"),
};

const CHANGES_OF_ROOT: typeof CHANGES = {
  "a file's owner": (root) => chownSync(`${root}/file`, 4321, 0),
  "a file's group": (root) => chownSync(`${root}/file`, 0, 4321),
  "a link's owner": (root) => lchownSync(`${root}/link`, 4321, 0),
};

/** Each changes nothing that counts. */
const SAME: typeof CHANGES = {
  "nothing at all": () => {},
  "a file's times": (root) => utimesSync(`${root}/file`, 1, 1),
  "a folder's times": (root) => utimesSync(`${root}/below`, 1e9, 1e9),
  "times of last year": (root) => utimesSync(`${root}/new\nline`, 1e9, 1e9),
  "a file written again": (root) => {
    rmSync(`${root}/file`);
    writeFileSync(`${root}/file`, "text");
    chmodSync(`${root}/file`, 0o755);
  },
  "a folder that once held more": (root) => {
    const names = [...Array(400).keys()].map((n) => `${root}/below/${"long name ".repeat(10)}${n}`);
    for (const name of names) writeFileSync(name, "");
    for (const name of names) rmSync(name);
  },
  "entries made in another order": (root) => {
    renameSync(`${root}/file`, `${root}/away`);
    writeFileSync(`${root}/first`, "");
    renameSync(`${root}/away`, `${root}/file`);
    rmSync(`${root}/first`);
  },
};

/** A tree that has one of each. */
function makeTree(root: string): void {
  mkdirSync(`${root}/below`, { recursive: true });
  writeFileSync(`${root}/file`, "text");
  chmodSync(`${root}/file`, 0o755);
  writeFileSync(`${root}/below/deep`, "deep");
  writeFileSync(`${root}/new\nline`, "new");
  writeFileSync(`${root}/ two  blanks `, "");
  symlinkSync("file", `${root}/link`);
  symlinkSync("/nowhere", `${root}/dangling`);
}

inEachShell("state", (shell) => {
  it("rt_state_octal reads all 4096 modes", async () => {
    const modes = [...Array(0o10000).keys()];
    const bench = new Bench(shell);
    bench.write("modes", modes.map((mode) => `-${modeString(mode)} ${octal(mode)}\n`).join(""));
    const lines = `rt_read=0 rt_wrong=
while read -r rt_string rt_wanted; do
	rt_read=$((rt_read + 1))
	rt_state_octal "$rt_string"
	[ "$RT_REPLY" = "$rt_wanted" ] || rt_wrong="$rt_wrong $rt_string=$RT_REPLY"
done <modes
put "$rt_read"
put "$rt_wrong"`;
    expect(await bench.values(["state"], lines)).toEqual(["4096", ""]);
  });

  it("rt_state_scan tells the kinds apart, under any name", async () => {
    const bench = new Bench(shell);
    const paths: string[] = [];
    const expected: Looks[] = [];
    for (const [i, name] of NAMES.entries()) {
      // A mode of its own each, so that none is taken for another.
      const file = bench.write(`files/${name}`, `text ${i}\r\n`, 0o600 + i);
      const folder = bench.path("folders", name);
      mkdirSync(folder, { recursive: true });
      const link = bench.path("links", name);
      mkdirSync(bench.path("links"), { recursive: true });
      symlinkSync(name, link);
      const toFolder = bench.path("links", `${name}-folder`);
      symlinkSync(folder, toFolder);
      const dangling = bench.path("links", `${name}-dangling`);
      symlinkSync(`no/${name}/`, dangling);
      const absent = bench.path("absent", name);
      paths.push(link, file, toFolder, absent, folder, dangling);
      expected.push(
        expectedOf(link, "symlink", name),
        expectedOf(file, "file", sha256(`text ${i}\r\n`)),
        expectedOf(toFolder, "symlink", folder),
        { kind: "absent", digest: "", mode: "", owner: "", size: "" },
        { ...expectedOf(folder, "directory", ""), digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string },
        expectedOf(dangling, "symlink", readlinkSync(dangling)),
      );
    }
    const found = looks(await bench.values(["state"], scan(paths)));
    for (const [i, path] of paths.entries()) expect({ path, ...found[i] }).toEqual({ path, ...expected[i] });
    expect(found.length).toBe(paths.length);
  });

  it("rt_state_scan tells special files and odd modes", async () => {
    const bench = new Bench(shell);
    const modes = [0o4755, 0o2644, 0o1777, 0o7777, 0o0000, 0o111];
    const files = modes.map((mode) => bench.write(`file-${octal(mode)}`, "x", mode));
    if (isRoot) chownSync(files[3] ?? "", 4321, 1234);
    if (isRoot) chmodSync(files[3] ?? "", 0o7777);
    const folder = bench.path("folder");
    mkdirSync(folder);
    chmodSync(folder, 0o3770);
    const fifo = bench.path("fifo");
    expect(spawnSync("mkfifo", [fifo]).status).toBe(0);
    const lines = `umask 022\n${scan([...files, folder, fifo])}`;
    const found = looks(await bench.values(["state"], lines));
    expect(found.map(({ mode }) => mode)).toEqual([...modes, 0o3770, lstatSync(fifo).mode].map(octal));
    expect(found.map(({ kind }) => kind)).toEqual([...modes.map(() => "file"), "directory", "other"]);
    if (isRoot) expect(found[3]?.owner).toBe("4321:1234");
  });

  it("rt_state_scan says what it cannot read, and hashes the rest", async () => {
    const bench = new Bench(shell);
    const paths = ["a", "gone", "b\nc", "d"].map((name) => bench.write(name, `text of ${name}`));
    // Between the look and the hash a file can go: a stand-in for that.
    const lines = `rt_hash_find
rt_ls() { LC_ALL=C QUOTING_STYLE=literal ls -dln "$1" && case $1 in *gone) rm -f "$1" ;; esac; }
${scan(paths).replace("rt_hash_find\n", "")}`;
    const found = looks(await bench.values(["state"], lines));
    const [a, gone, bc, d] = found.map(({ digest }) => digest);
    expect([a, bc, d]).toEqual(["a", "b\nc", "d"].map((name) => sha256(`text of ${name}`)));
    expect(gone).toBe("unreadable");
  });

  it("rt_state_scan of nothing is no error", async () => {
    expect(await new Bench(shell).values(["state"], "rt_hash_find\nrt_state_scan")).toEqual([]);
  });

  it.each(["sha256sum", "shasum", "openssl"].filter(findTool))(
    "%s gives each file its own digest, whatever their names",
    async (tool) => {
      const bench = new Bench(shell);
      const words = { sha256sum: "sha256sum", shasum: "shasum -a 256", openssl: "openssl dgst -sha256 -r" };
      const files = NAMES.map((name, i) => bench.write(name, `text ${i}`));
      const lines = scan(files).replace("rt_hash_find", `rt_hash_tool=${sh(words[tool as "openssl"])}`);
      const found = looks(await bench.values(["state"], lines));
      expect(Object.fromEntries(NAMES.map((name, i) => [name, found[i]?.digest]))).toEqual(
        Object.fromEntries(NAMES.map((name, i) => [name, sha256(`text ${i}`)])),
      );
    },
  );

  describe("a tree's digest", () => {
    const cases = { ...CHANGES, ...(isRoot ? CHANGES_OF_ROOT : {}), ...SAME };
    it("tells all that counts, and no times", async () => {
      const bench = new Bench(shell);
      const labels = Object.keys(cases);
      for (const [i, label] of labels.entries()) {
        makeTree(bench.path(`${i}`));
        cases[label]?.(bench.path(`${i}`));
      }
      makeTree(bench.path("tree"));
      const roots = [bench.path("tree"), ...labels.map((_, i) => bench.path(`${i}`))];
      const digests = (
        await bench.values(
          ["state"],
          `rt_hash_find\n${roots.map((root) => `put "$(rt_state_tree ${sh(root)})"`).join("\n")}`,
        )
      ).map((line) => line.split(" ")[0]);
      expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
      const differs = labels.map((label, i) => [label, digests[i + 1] !== digests[0]]);
      expect(Object.fromEntries(differs)).toEqual(
        Object.fromEntries(labels.map((label) => [label, !(label in SAME)])),
      );
      const changed = digests.filter((digest) => digest !== digests[0]);
      expect(new Set(changed).size, "no two changes look alike").toBe(changed.length);
    });
  });
});
