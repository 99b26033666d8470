// Where state is kept, what is refused as a place for it, and paths.
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { recordTree } from "../behaviour/harness/tree.js";
import { Bench, inEachShell, sh } from "./harness.js";
import { TEXTS } from "./nasty.js";

const HOME = "/home/it's $me";

const PATHS: readonly (readonly [string, string])[] = [
  ["~", HOME],
  ["$HOME", HOME],
  ["${HOME}", HOME],
  ["~/", HOME],
  ["~/a b/c", `${HOME}/a b/c`],
  ["$HOME/a", `${HOME}/a`],
  ["${HOME}/a//", `${HOME}/a`],
  ["$HOME/$HOME", `${HOME}/$HOME`],
  ["~/~", `${HOME}/~`],
  ["~root", "~root"],
  ["$HOMER/x", "$HOMER/x"],
  ["/a/~", "/a/~"],
  ["/a/$HOME", "/a/$HOME"],
  ["/", "/"],
  ["//", "/"],
  ["/a/", "/a"],
  ["/a///", "/a"],
  ["/a/*/[b]", "/a/*/[b]"],
  ["/a/`id`/$(id)", "/a/`id`/$(id)"],
  ["/a\n/\n", "/a\n/\n"],
  ["/ends with a backslash\\/", "/ends with a backslash\\"],
];

const isRoot = process.getuid?.() === 0;

/** Opens the folder below `rt_base`, and says where it is. */
const OPEN = `rt_folder_find
rt_folder_open
put "$rt_dir"
put "$PWD"`;

inEachShell("folder", (shell) => {
  it("rt_path_resolve knows the home at a path's head, and no other words", async () => {
    const lines = PATHS.map(([path]) => `rt_path_resolve ${sh(path)}\nput "$RT_REPLY"`);
    const resolved = await new Bench(shell).values(["folder"], lines.join("\n"), { env: { HOME } });
    expect(Object.fromEntries(PATHS.map(([path], i) => [path, resolved[i]]))).toEqual(
      Object.fromEntries(PATHS),
    );
  });

  it("rt_folder_find takes the flag, XDG_DATA_HOME or the home", async () => {
    const cases = [
      [{}, "", "/h/.local/share/waymark/checkpoints/demo"],
      [{ XDG_DATA_HOME: "/x y" }, "", "/x y/waymark/checkpoints/demo"],
      // The standard has a relative one ignored.
      [{ XDG_DATA_HOME: "x" }, "", "/h/.local/share/waymark/checkpoints/demo"],
      [{ XDG_DATA_HOME: "" }, "", "/h/.local/share/waymark/checkpoints/demo"],
      [{ XDG_DATA_HOME: "/x" }, "/a dir", "/a dir/demo"],
      [{}, "a dir", "/stand/a dir/demo"],
      [{}, "-f", "/stand/-f/demo"],
    ] as const;
    for (const [env, base, dir] of cases) {
      const lines = `rt_pwd=/stand rt_base=${sh(base)}\nrt_folder_find\nput "$rt_dir"`;
      const options = { env: { HOME: "/h", ...env } };
      expect(await new Bench(shell).values(["folder"], lines, options)).toEqual([dir]);
    }
  });

  it("finds the home that the system knows where HOME is not set", async () => {
    const lines = 'rt_home_need\nput "$HOME"\nput "$(sh -c \'echo $HOME\')"';
    const { homedir } = process.getuid?.() === 0 ? { homedir: "/root" } : { homedir: undefined };
    for (const HOME of [undefined, "", "relative"]) {
      const [own, exported] = await new Bench(shell).values(["folder"], lines, { env: { HOME } });
      expect(own).toMatch(/^\//);
      if (homedir) expect(own).toBe(homedir);
      expect(exported).toBe(own);
    }
  });

  it("rt_folder_open makes a private folder with all that it holds", async () => {
    const bench = new Bench(shell);
    const lines = `rt_base=${sh(bench.path("new", "base"))} rt_umask=022\n${OPEN}`;
    const dir = bench.path("new", "base", "demo");
    expect(await bench.values(["folder"], lines)).toEqual([dir, dir]);
    const modes = [...recordTree(bench.path("new"))].map(([path, is]) => `${path} ${is.split(" ")[1]}`);
    expect(modes.filter((line) => !line.startsWith("base/demo/"))).toEqual([
      // The folders above it are the person's own.
      ". 0755",
      "base 0755",
      "base/demo 0700",
    ]);
    for (const part of ["work", "state", "rollback", "logs", "backup", "artifacts"]) {
      expect(modes).toContain(`base/demo/${part} 0700`);
    }
  });

  it("rt_folder_open takes one that is there as it is", async () => {
    const bench = new Bench(shell);
    bench.write("base/demo/work/kept", "kept");
    chmodSync(bench.path("base", "demo"), 0o755);
    await bench.values(["folder"], `rt_base=${sh(bench.path("base"))}\n${OPEN}`);
    expect(readFileSync(bench.path("base/demo/work/kept"), "utf8")).toBe("kept");
    expect(statSync(bench.path("base/demo")).mode & 0o777).toBe(0o755);
    expect(existsSync(bench.path("base/demo/logs"))).toBe(true);
  });

  it("goes by the real path, through a link above it", async () => {
    const bench = new Bench(shell);
    mkdirSync(bench.path("real"));
    symlinkSync("real", bench.path("link"));
    const values = await bench.values(["folder"], `rt_base=${sh(bench.path("link"))}\n${OPEN}`);
    expect(values[0]).toBe(bench.path("real", "demo"));
  });

  const refused: Record<string, (bench: Bench, dir: string) => void> = {
    "is a symbolic link": (bench, dir) => {
      mkdirSync(bench.path("other"), { mode: 0o700 });
      symlinkSync(bench.path("other"), dir);
    },
    "is a symbolic link, also to nowhere": (bench, dir) => symlinkSync(bench.path("nowhere"), dir),
    "is not a folder": (_, dir) => writeFileSync(dir, ""),
    "is writable by others": (_, dir) => {
      mkdirSync(dir);
      chmodSync(dir, 0o702);
    },
    "is writable by others: by its group": (_, dir) => {
      mkdirSync(dir);
      chmodSync(dir, 0o720);
    },
    "is writable by others, with the sticky bit": (_, dir) => {
      mkdirSync(dir);
      chmodSync(dir, 0o1777);
    },
    "belongs to another user": (_, dir) => {
      mkdirSync(dir, { mode: 0o700 });
      chownSync(dir, 4321, 4321);
    },
  };

  it.each(Object.keys(refused).filter((what) => isRoot || !what.startsWith("belongs")))(
    "refuses a place that %s",
    async (what) => {
      const bench = new Bench(shell);
      mkdirSync(bench.path("base"));
      refused[what]?.(bench, bench.path("base", "demo"));
      const before = recordTree(bench.path("base"));
      const { exit, stderr } = await bench.run(
        ["folder"],
        `rt_base=${sh(bench.path("base"))}\n${OPEN}`,
      );
      expect(exit).toBe(5);
      expect(stderr).toContain(what.replace(/[:,].*/, ""));
      expect(stderr).toContain(bench.path("base", "demo"));
      expect(recordTree(bench.path("base"))).toEqual(before);
    },
  );

  it("refuses a place that cannot be made", async () => {
    const bench = new Bench(shell);
    bench.write("file", "");
    const { exit, stderr } = await bench.run(
      ["folder"],
      `rt_base=${sh(bench.path("file", "below"))}\n${OPEN}`,
    );
    expect(exit).toBe(5);
    expect(stderr).toContain("cannot be made");
  });

  it("rt_ls says the same whatever ls is told, and takes any name", async () => {
    const bench = new Bench(shell);
    const names = TEXTS.filter((text) => text.length < 200).map((text, i) => `${i}${text.replaceAll("/", "|")}`);
    for (const name of names) bench.write(`d/${name}`, "12345", 0o640);
    const env = {
      TIME_STYLE: "+%s %s %s",
      QUOTING_STYLE: "shell-escape",
      LS_COLORS: "*=31",
      BLOCK_SIZE: "human-readable",
      LC_ALL: "C.UTF-8",
    };
    const lines = names.map((name) => `put "$(rt_ls ${sh(bench.path("d", name))} && echo .)"`);
    const { uid, gid } = statSync(bench.path("d", names[0] ?? ""));
    const listed = await bench.values(["folder"], lines.join("\n"), { env });
    for (const [i, name] of names.entries()) {
      const line = listed[i] ?? "";
      expect(line.split(/ +/).slice(0, 5)).toEqual(["-rw-r-----", "1", `${uid}`, `${gid}`, "5"]);
      expect(line.endsWith(` ${bench.path("d", name)}\n.`)).toBe(true);
    }
  });

  it("rt_folder_keep_self moves the unpacked script into the folder, byte for byte", async () => {
    const bench = new Bench(shell);
    const kept = bench.path("base/demo/install.sh");
    const unpack = async (text: string): Promise<void> => {
      bench.write("unpacked/install.sh", text, 0o600);
      const lines = `rt_base=${sh(bench.path("base"))}
rt_tmp=${sh(bench.path("unpacked"))} rt_self=${sh(bench.path("unpacked", "install.sh"))}
rt_folder_find
rt_folder_open
rt_folder_keep_self
put "$rt_tmp"
put "$rt_call"`;
      expect(await bench.values(["folder"], lines)).toEqual(["", `sh ${kept}`]);
      expect(existsSync(bench.path("unpacked"))).toBe(false);
      expect(existsSync(bench.path("base/demo/.install.sh.new"))).toBe(false);
      expect(readFileSync(kept, "utf8")).toBe(text);
      expect(statSync(kept).mode & 0o077).toBe(0);
    };
    await unpack("#!/bin/sh\necho \\n 'x'");
    const { ino } = statSync(kept);
    await unpack("#!/bin/sh\necho \\n 'x'");
    expect(statSync(kept).ino, "an equal copy is left alone").toBe(ino);
    await unpack("another");
    // The kept copy itself, which was not unpacked, stays as it is.
    const lines = `rt_base=${sh(bench.path("base"))} rt_self=${sh(kept)}\n${OPEN}\nrt_folder_keep_self`;
    await bench.values(["folder"], lines);
    expect(readFileSync(kept, "utf8")).toBe("another");
  });

  it("rt_folder_sweep removes the pipes of calls that are gone, and no others", async () => {
    const bench = new Bench(shell);
    const lines = `rt_base=${sh(bench.path("base"))}
${OPEN}
sh -c 'exit 0' &
rt_child=$!
wait "$rt_child"
mkdir .tmp.$$ .tmp.$$.1 .tmp.$PPID ".tmp.$rt_child" tmp.1 work/.tmp.1
rt_fifo=$rt_dir/.tmp.$$
rt_folder_sweep
put "$rt_child $$ $PPID"`;
    const [, , numbers = ""] = await bench.values(["folder"], lines);
    const [gone, own, parent] = numbers.split(" ");
    const left = readdirSync(bench.path("base/demo")).filter((name) => name.includes("tmp"));
    expect(left.sort()).toEqual([`.tmp.${own}`, `.tmp.${parent}`, "tmp.1"].sort());
    expect(left).not.toContain(`.tmp.${gone}`);
    expect(existsSync(bench.path("base/demo/work/.tmp.1"))).toBe(true);
  });
});
