import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareTrees, varyingPaths } from "../../../src/testing/differences.js";
import { recordLayers } from "../../../src/testing/layers.js";
import { recordTree } from "../../../src/testing/tree.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "waymark-unit-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
}

describe("a tree", () => {
  test("is kind, bytes, mode, owner and link target, and no times", () => {
    write("a/file", "text");
    symlinkSync("a/file", join(root, "link"));
    const before = recordTree(root);
    writeFileSync(join(root, "a/file"), "text");
    expect(compareTrees(before, recordTree(root)).differences).toEqual([]);
    expect([...before.keys()]).toEqual([".", "a", "a/file", "link"]);
    expect(before.get("a/file")).toMatchObject({ kind: "file", mode: "0644", size: 4 });
    expect(before.get("link")).toEqual({ kind: "link", owner: before.get("a")?.owner, target: "a/file" });
  });

  test.each([
    ["bytes", () => write("file", "other"), "4 bytes 982d9e3eb996f559", "5 bytes d9298a10d1b07358"],
    ["a mode", () => write("file", "text", 0o600), "mode 0644", "mode 0600"],
    ["a kind", () => (rmSync(join(root, "file")), mkdirSync(join(root, "file"))), /^file 0644/, /^folder/],
    ["absence", () => rmSync(join(root, "file")), /^file 0644 /, "absent"],
  ])("tells %s that differs", (_, change, was, is) => {
    write("file", "text");
    const before = recordTree(root);
    change();
    const [difference] = compareTrees(before, recordTree(root)).differences;
    expect(difference?.path).toBe("file");
    for (const [said, wanted] of [[difference?.was, was], [difference?.is, is]] as const) {
      if (wanted instanceof RegExp) expect(said).toMatch(wanted);
      else expect(said).toBe(wanted);
    }
  });

  test("leaves subtrees out, and the name of the folder that it is in", () => {
    for (const place of ["one", "two"]) {
      write(`${place}/home/settings`, `a=${join(root, place)}/x\nb=${join(root, place)}/y\n`);
      symlinkSync(join(root, place, "x"), join(root, place, "home", "link"));
      write(`${place}/home/store/x`, place);
    }
    const record = (place: string) =>
      recordTree(join(root, place, "home"), { without: ["store"], unnamed: join(root, place) });
    expect(record("one")).toEqual(record("two"));
    expect(record("one").has("store")).toBe(false);
    write("two/home/settings", `a=${join(root, "two")}/x\nb=${join(root, "two")}/z\n`);
    expect(record("one")).not.toEqual(record("two"));
  });
});

describe("what varies from run to run", () => {
  function trees() {
    write("stamp", "1");
    write("same", "1");
    write("tmp.1", "");
    const one = recordTree(root);
    rmSync(join(root, "tmp.1"));
    write("stamp", "22");
    write("tmp.2", "");
    return { one, other: recordTree(root) };
  }

  test("is told apart: bytes alone, or all of it", () => {
    const { one, other } = trees();
    expect(varyingPaths(one, other)).toEqual(
      new Map([["stamp", "bytes"], ["tmp.1", "all"], ["tmp.2", "all"]]),
    );
  });

  test("is not judged, but for what should not vary", () => {
    const { one, other } = trees();
    const varying = varyingPaths(one, other);
    expect(compareTrees(one, other, varying)).toEqual({
      differences: [],
      unjudged: ["stamp", "tmp.1", "tmp.2"],
    });
    chmodSync(join(root, "stamp"), 0o600);
    write("same", "2");
    const { differences } = compareTrees(one, recordTree(root), varying);
    expect(differences.map(({ path }) => path)).toEqual(["same", "stamp"]);
  });
});

describe("layers", () => {
  const record = () =>
    recordLayers({
      merged: join(root, "merged"),
      lower: join(root, "lower"),
      layers: [{ at: "/usr", upper: join(root, "upper") }],
      without: ["/usr/store"],
    });

  test("hold what differs from below, and what is gone", () => {
    for (const view of ["lower", "merged"]) {
      write(`${view}/usr/same`, "1");
      write(`${view}/usr/changed`, view);
      write(`${view}/usr/untouched/file`, "1");
    }
    write("lower/usr/gone", "1");
    write("lower/usr/anew/hidden", "1");
    write("merged/usr/anew/made", "1");
    write("merged/usr/store/x", "1");
    for (const name of ["same", "changed", "gone", "anew/made", "store/x"]) write(`upper/${name}`, "");
    const tree = record();
    expect([...tree].map(([path, { kind }]) => [path, kind])).toEqual([
      ["/usr/anew/hidden", "removed"],
      ["/usr/anew/made", "file"],
      ["/usr/changed", "file"],
      ["/usr/gone", "removed"],
    ]);
  });
});
