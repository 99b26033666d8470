// Steps that write a file, make a folder or a link, or add to a file: each
// looks first, says ok or changed, and takes back what it did and no more.
import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { shells } from "../setup/shells.js";
import { diffTrees, inEachShell, Sandbox } from "./harness/index.js";
import { claims, folder, PROVEN, verdicts } from "./harness/waymark-test.js";

/** Text that would run, or end, if it were anything but data. */
const NASTY = "it's \"$HOME\" `id` $(id) \\n \\\\\n\tWAYMARK_TEXT\n'\\''\n";

function toml(...steps: readonly Readonly<Record<string, string>>[]): string {
  const head = '[installer]\nname = "demo"\nversion = "1.0.0"\n';
  return head + steps.map(stepToml).join("");
}

function stepToml({ more = "", ...keys }: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ name: keys.id ?? "", ...keys });
  return `\n[[step]]\n${lines.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join("")}${more}`;
}

const WRITE = { id: "write", action: "file-write", path: "~/etc/app dir/it's.conf", content: NASTY, mode: "640" };
const FOLDER = { id: "folder", action: "directory", path: "~/data/a/b", mode: "0750" };
const LINK = { id: "link", action: "symlink", path: "~/bin/app", target: "../etc/it's" };
const LINE = { id: "line", action: "line-in-file", path: "~/.profile", line: "export A='$(id)' # \\" };
const BLOCK = { id: "block", action: "block-in-file", path: "~/.profile", content: NASTY };
const ALL = toml(WRITE, FOLDER, LINK, LINE, BLOCK);

function blockOf(content: string): string {
  return `# >>> demo block >>>\n${content}# <<< demo block <<<\n`;
}

/** What each step said of itself, in the JSON events of a run. */
function results(stdout: string): Record<string, string> {
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, string>);
  return Object.fromEntries(
    events.filter(({ event }) => event === "step_completed").map(({ step, result }) => [step, result]),
  );
}

const IDS = ["write", "folder", "link", "line", "block"];

function all(result: string): Record<string, string> {
  return Object.fromEntries(IDS.map((id) => [id, result]));
}

inEachShell("a step with an action for files", (shell) => {
  it("does what it says, again does nothing, and leaves no trace", async () => {
    const box = Sandbox.create(shell, ALL);
    box.write(".profile", "mine", 0o600);
    const before = box.tree();
    const first = await box.expectExit(0, ["run", "--json"]);
    expect(results(first.stdout)).toEqual(all("changed"));
    expect(box.read("etc/app dir/it's.conf")).toBe(NASTY);
    expect(lstatSync(box.path("etc", "app dir", "it's.conf")).mode & 0o7777).toBe(0o640);
    expect(lstatSync(box.path("data", "a", "b")).mode & 0o7777).toBe(0o750);
    expect(readlinkSync(box.path("bin", "app"))).toBe("../etc/it's");
    expect(box.read(".profile")).toBe(`mine\n${LINE.line}\n${blockOf(NASTY)}`);
    expect(lstatSync(box.path(".profile")).mode & 0o7777).toBe(0o600);
    const after = box.tree();
    const again = await box.expectExit(0, ["run", "--fresh", "--json"]);
    expect(results(again.stdout)).toEqual(all("ok"));
    expect(diffTrees(after, box.tree())).toEqual([]);
    expect((await box.expectExit(0, ["run", "--fresh"])).stdout).toMatch(/write: completed \(\d+ ms, ok\)/);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("leaves what was there before, and gives it back as it was", async () => {
    const box = Sandbox.create(shell, ALL);
    box.write("etc/app dir/it's.conf", "older\n", 0o604);
    box.write("etc/other", "theirs");
    mkdirSync(box.path("data", "a", "b"), { recursive: true, mode: 0o711 });
    box.write("data/a/b/file", "theirs");
    box.write("bin/app", "a program\n", 0o755);
    box.write(".profile", `${LINE.line}\n${blockOf("an older block\n")}behind\n`);
    const before = box.tree();
    const { stdout } = await box.expectExit(0, ["run", "--json"]);
    expect(results(stdout)).toEqual({ ...all("changed"), line: "ok" });
    expect(box.read(".profile")).toBe(`${LINE.line}\n${blockOf(NASTY)}behind\n`);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("keeps what a person did to the same file since", async () => {
    const box = Sandbox.create(shell, ALL);
    await box.expectExit(0);
    box.write(".profile", `first\n${box.read(".profile")}last`);
    box.write("etc/app dir/it's.conf", "edited\n");
    box.write("data/a/b/file", "theirs");
    const { stderr } = await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read(".profile")).toBe("first\nlast\n");
    expect(stderr).toMatch(/conflict: .*it's\.conf/);
    expect(box.exists("etc")).toBe(false);
    expect(box.read("data/a/b/file"), "a folder that holds something stays").toBe("theirs");
    expect(box.exists("bin")).toBe(false);
  });

  it("leaves a block alone whose end a person took away", async () => {
    const box = Sandbox.create(shell, toml(BLOCK));
    await box.expectExit(0);
    const torn = `${box.read(".profile").replace("# <<< demo block <<<\n", "")}mine\n`;
    box.write(".profile", torn);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(box.read(".profile")).toBe(torn);
  });

  it("edits the file that a link leads to, and leaves the link", async () => {
    const box = Sandbox.create(shell, toml(LINE, BLOCK));
    box.write("dotfiles/profile", "mine\n");
    symlinkSync("dotfiles/profile", box.path(".profile"));
    const before = box.tree();
    await box.expectExit(0);
    expect(readlinkSync(box.path(".profile"))).toBe("dotfiles/profile");
    expect(box.read("dotfiles/profile")).toBe(`mine\n${LINE.line}\n${blockOf(NASTY)}`);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("of a newer version goes back to the older one's work", async () => {
    const box = Sandbox.create(shell, toml(WRITE, BLOCK));
    box.write(".profile", "mine\n");
    const before = box.tree();
    await box.expectExit(0);
    const older = box.tree();
    const newer = toml({ ...WRITE, content: "2\n", mode: "600" }, { ...BLOCK, content: "2\n" });
    box.useToml(newer.replace("1.0.0", "2.0.0"));
    await box.expectExit(0);
    expect(box.read(".profile")).toBe(`mine\n${blockOf("2\n")}`);
    await box.expectExit(0, ["rollback"]);
    await box.expectExit(0, ["rollback"]);
    expect(diffTrees(older, box.tree())).toEqual([]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it.each([
    { step: WRITE, inTheWay: "etc/app dir/it's.conf" },
    { step: LINK, inTheWay: "bin/app" },
    { step: LINE, inTheWay: ".profile" },
  ])("fails where a folder is in the way, and changes nothing: $step.action", async ({ step, inTheWay }) => {
    const box = Sandbox.create(shell, toml(step));
    mkdirSync(box.path(...inTheWay.split("/")), { recursive: true });
    const before = box.tree();
    const { stderr } = await box.expectExit(6);
    expect(stderr).toContain(box.path(...inTheWay.split("/")));
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  it("fails where a file is in the place of a folder, and changes nothing", async () => {
    const box = Sandbox.create(shell, toml(FOLDER, WRITE));
    box.write("data", "a file");
    const before = box.tree();
    await box.expectExit(6);
    expect(diffTrees(before, box.tree())).toEqual([]);
    rmSync(box.path("data"));
    await box.expectExit(0, ["resume"]);
  });

  it("writes bytes without a last newline, an empty file, and one from the folder", async () => {
    const place = folder();
    writeFileSync(join(place, "text"), "of the folder\n\n");
    const box = Sandbox.create(
      shell,
      toml(
        { id: "bare", action: "file-write", path: "~/bare", content: "a\n\nb" },
        { id: "empty", action: "file-write", path: "~/empty", content: "" },
        { id: "source", action: "file-write", path: "~/source", source: "text" },
      ),
      place,
    );
    await box.expectExit(0);
    expect([box.read("bare"), box.read("empty"), box.read("source")]).toEqual([
      "a\n\nb",
      "",
      "of the folder\n\n",
    ]);
  });

  it("is run again by a resume where its file is missing", async () => {
    const box = Sandbox.create(shell, toml(WRITE, LINK));
    await box.expectExit(0);
    rmSync(box.path("bin", "app"));
    await box.expectExit(0, ["resume"]);
    expect(readlinkSync(box.path("bin", "app"))).toBe(LINK.target);
  });

  it.runIf(process.getuid?.() === 0)("gives a file and a folder an owner, and the old one back", async () => {
    const box = Sandbox.create(
      shell,
      toml({ ...WRITE, owner: "1234:2345" }, { ...FOLDER, path: "~/data", owner: "1234" }),
    );
    mkdirSync(box.path("data"));
    const before = box.tree();
    await box.expectExit(0);
    const { uid, gid } = lstatSync(box.path("etc", "app dir", "it's.conf"));
    expect([uid, gid, lstatSync(box.path("data")).uid]).toEqual([1234, 2345, 1234]);
    await box.expectExit(0, ["rollback", "--full"]);
    expect(diffTrees(before, box.tree())).toEqual([]);
  });

  // Hundreds of calls: in one shell with each store. examples/note is in all.
  it.runIf(shell === shells[0] || shell.journal)("passes the six claims of waymark test", async () => {
    const place = folder();
    writeFileSync(join(place, "installer.toml"), ALL);
    const home = join(place, "home");
    mkdirSync(join(home, "bin"), { recursive: true });
    writeFileSync(join(home, ".profile"), "mine");
    const store = shell.journal ? "journal" : "sqlite";
    const inShell = ["--shell", shell.command.join(" "), "--store", store];
    const few = ["--seed", "5", "--points", "2", "--kills", "2"];
    const told = await claims(0, [...inShell, ...few, "--strict", "--home", home, place]);
    expect(verdicts(told)).toEqual(PROVEN);
  });
});
