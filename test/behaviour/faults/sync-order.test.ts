// G1, G3: power loss, by the order of system calls: what a step's record says
// is synced before the step begins, and before a person is told of it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shells } from "../../setup/shells.js";
import { findTool } from "../../setup/tools.js";
import { tried } from "../harness/fault-counts.js";
import { installerToml, Sandbox } from "../harness/index.js";

const IDS = ["one", "two", "three", "four"] as const;

const TOML = installerToml({
  steps: IDS.map((id, index) => ({
    id,
    run: `echo ${id} >~/mark-${id}\n`,
    checkpoint: { state_files: index % 2 === 0 ? [] : ["~/config"] },
  })),
});

/** strace works here: it is there, and may trace. */
const canTrace = findTool("strace") !== undefined && spawnSync("strace", ["-qq", "true"]).status === 0;
const why = canTrace ? "" : " (skipped: strace cannot trace here)";

type Event = { readonly kind: "write" | "sync" | "copy" | "flush" | "mark" | "told"; readonly id?: string };

/** The events of a trace, in their order; a call that was cut counts where it ended. */
function eventsOf(text: string): readonly Event[] {
  const begun = new Map<string, string>();
  return text.split("\n").flatMap((line): Event[] => {
    const [pid = "", rest = ""] = line.split(/\s+(.*)/s);
    let call = rest;
    if (rest.endsWith("<unfinished ...>")) {
      begun.set(pid, rest);
      // What is written is under way from here on; what is synced is not.
      if (!/^write|^pwrite|^open|^clone|^execve/.test(rest)) return [];
    } else if (rest.startsWith("<...")) {
      call = begun.get(pid) ?? "";
      if (/^write|^pwrite|^open|^clone|^execve/.test(call)) return [];
    }
    return eventOf(call);
  });
}

function eventOf(call: string): Event[] {
  if (/^pwrite64\(\d+<[^>]*checkpoint\.db-wal/.test(call)) return [{ kind: "write" }];
  if (/^(fdatasync|fsync)\(\d+<[^>]*checkpoint\.db-wal/.test(call)) return [{ kind: "sync" }];
  if (/^open(at)?\(.*backup\/[a-z]+\/\d+\/\d+".*O_CREAT/.test(call)) return [{ kind: "copy" }];
  if (/^(sync|syncfs)\(/.test(call)) return [{ kind: "flush" }];
  const mark = /^open(at)?\(.*\/mark-([a-z]+)".*O_CREAT/.exec(call);
  if (mark?.[2]) return [{ kind: "mark", id: mark[2] }];
  const told = /^write\(1<[^>]*>, "\[\d\/4\] ([a-z]+): completed/.exec(call);
  if (told?.[1]) return [{ kind: "told", id: told[1] }];
  return [];
}

describe.runIf(canTrace)(`what is synced before what${why}`, { timeout: 120_000 }, () => {
  it.each(shells.map((shell) => [shell.name, shell] as const))("in %s", async (_, shell) => {
    const box = Sandbox.create(shell, TOML);
    box.write("config", "mine\n");
    const file = box.signalFile("strace");
    const calls = "trace=write,pwrite64,fsync,fdatasync,sync,syncfs,openat,open";
    await box.expectExit(0, [], { under: ["strace", "-f", "-qq", "-y", "-s", "64", "-e", calls, "-o", file] });
    const events = eventsOf(readFileSync(file, "utf8"));
    const at = (kind: Event["kind"], id: string): number =>
      events.findIndex((event) => event.kind === kind && event.id === id);

    for (const [index, id] of IDS.entries()) {
      const mark = at("mark", id);
      expect(mark, `the first write of ${id}`).toBeGreaterThan(0);
      const from = index === 0 ? 0 : at("mark", IDS[index - 1] ?? "");
      const between = events.slice(from, mark).map((event) => event.kind);
      expect(between, `the record of ${id}`).toContain("write");
      expect(between.lastIndexOf("sync"), `the record of ${id} is synced before it begins`).toBeGreaterThan(
        between.lastIndexOf("write"),
      );
      if (index % 2 === 1) {
        expect(between.lastIndexOf("copy"), `a pre-image of ${id}`).toBeGreaterThanOrEqual(0);
        const flushed = between.indexOf("flush", between.lastIndexOf("copy"));
        expect(flushed, `the pre-image of ${id} is synced`).toBeGreaterThan(0);
        expect(between.indexOf("write", flushed), "and recorded after that").toBeGreaterThan(flushed);
      }
      const since = events.slice(mark, at("told", id)).map((event) => event.kind);
      expect(since.lastIndexOf("sync"), `the completion of ${id} is synced before it is told`).toBeGreaterThan(
        Math.max(0, since.lastIndexOf("write")),
      );
      tried("sync-order", shell);
    }
  });
});
