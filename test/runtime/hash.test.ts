// One ladder of tools for sha256, the same answer from each rung.
import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";

/** As the BSDs have it; here it is made of another tool. */
const BSD_SHA256 = `#!/bin/sh
[ "$1" = -r ] || exit 1
shift
exec ${findTool("openssl")} dgst -sha256 -r ${"${1+\"$@\"}"}
`;

const LADDER = ["sha256sum", "shasum", "openssl", "sha256"] as const;

/** A folder for PATH that has the ladder from one rung down. */
function pathFrom(bench: Bench, rung: (typeof LADDER)[number]): string {
  const left = LADDER.slice(LADDER.indexOf(rung));
  const folder = bench.programs(rung, ["printf", ...left.filter((tool) => tool !== "sha256")]);
  writeFileSync(`${folder}/sha256`, BSD_SHA256);
  chmodSync(`${folder}/sha256`, 0o755);
  return folder;
}

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

const BYTES: Readonly<Record<string, string | Buffer>> = {
  empty: "",
  text: "some text\n",
  "two words": "with CR\r\n",
  binary: Buffer.from([...Array(256).keys()]),
};

const there = LADDER.filter((tool) => tool === "sha256" || findTool(tool));

inEachShell("hash", (shell) => {
  it.each(there)("rt_hash works from %s down", async (rung) => {
    const bench = new Bench(shell);
    const files = Object.entries(BYTES).map(([name, bytes]) => {
      const file = bench.path(name);
      writeFileSync(file, bytes);
      return file;
    });
    const lines = `PATH=${sh(pathFrom(bench, rung))}
rt_hash_find || put "no tool"
put "$rt_hash_tool"
put "$(rt_hash ${files.map(sh).join(" ")})"
put "$(rt_hash <${sh(files[1] ?? "")})"`;
    const [tool, all = "", one = ""] = await bench.values(["hash"], lines);
    expect(tool?.split(" ")[0]).toBe(rung);
    expect(all.split("\n").map((line) => line.split(" ")[0])).toEqual(
      Object.values(BYTES).map(sha256),
    );
    expect(one.split(" ")[0]).toBe(sha256(BYTES["text"] ?? ""));
  });

  it("rt_hash fails for a file that is not there, and for one of many", async () => {
    const bench = new Bench(shell);
    const file = bench.write("there", "x");
    const lines = `rt_hash_find
rt_hash /nowhere 2>/dev/null && put "one passed"
rt_hash ${sh(file)} /nowhere >/dev/null 2>&1 && put "two passed"
rt_hash ${sh(file)} >/dev/null || put "the one that is there failed"`;
    expect(await bench.values(["hash"], lines)).toEqual([]);
  });

  it("rt_hash_find fails where there is no tool", async () => {
    const bench = new Bench(shell);
    const lines = `PATH=${sh(bench.programs("none", ["printf"]))}
rt_hash_find
put "$?"`;
    expect(await bench.values(["hash"], lines)).toEqual(["1"]);
  });
});
