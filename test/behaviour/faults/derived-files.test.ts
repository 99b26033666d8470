// The files beside the store are derived: where they are gone, empty, torn or
// edited, each verb that takes the lock writes them again, and none trusts them.
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Shell } from "../../setup/shells.js";
import { shareOf, tried } from "../harness/fault-counts.js";
import { diffTrees, expectExit, inEachShell, type Store } from "../harness/index.js";
import { Subject } from "./subject.js";

/** Names each file and its bytes below state/ and rollback/. */
function derived(store: Store): Record<string, string> {
  const files = ["state", "rollback"].flatMap((folder) =>
    store.list(folder).map((name) => join(folder, name)),
  );
  return Object.fromEntries(files.map((file) => [file, store.read(file)]));
}

/** One of so many cases in CI, each shell another. */
const FEW = 5;

type Damage = (path: string) => void;

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ["empty", (path) => truncateSync(path, 0)],
  ["torn", (path) => truncateSync(path, 20)],
  ["gone", (path) => rmSync(path)],
  ["edited", (path) => writeFileSync(path, "echo edited >~/edited\n")],
];

/** A run that failed at its last step. */
async function failed(shell: Shell): Promise<Subject> {
  const subject = await Subject.create(shell);
  subject.break("last");
  await subject.box.expectExit(1);
  subject.mend();
  return subject;
}

function damageAll(store: Store, damage: Damage): void {
  for (const folder of ["state", "rollback"]) {
    for (const name of readdirSync(store.path(folder))) damage(store.path(folder, name));
  }
}

inEachShell("state/ and rollback/ that are", (shell) => {
  it.each(shareOf(shell, FEW, DAMAGES))("%s: a resume writes them again", async (_, damage) => {
    const subject = await failed(shell);
    const store = subject.box.store();
    const good = derived(store);
    expect(Object.keys(good).length).toBeGreaterThan(3);
    damageAll(store, damage);
    await subject.expectCompletion();
    expect(derived(store)).toMatchObject(
      Object.fromEntries(Object.entries(good).filter(([name]) => !/last/.test(name))),
    );
    await subject.expectRemoval();
    tried("derived", shell);
  });

  it.each(shareOf(shell, FEW, DAMAGES))("%s: a rollback does not trust them", async (_, damage) => {
    const subject = await failed(shell);
    damageAll(subject.box.store(), damage);
    await subject.expectRemoval();
    tried("derived", shell);
  });

  it("gone with their folders, and so are logs/ and work/: all is made again", async () => {
    const subject = await failed(shell);
    const store = subject.box.store();
    const good = derived(store);
    for (const folder of ["state", "rollback", "logs", "work", "artifacts"]) {
      rmSync(store.path(folder), { recursive: true });
    }
    await subject.expectCompletion();
    expect(Object.keys(derived(store))).toEqual(expect.arrayContaining(Object.keys(good)));
    await subject.expectRemoval();
    tried("derived", shell);
  });
});

inEachShell("the kept install.sh that is", (shell) => {
  it.each(shareOf(shell, FEW, DAMAGES))("%s: the shipped one writes it again", async (_, damage) => {
    const subject = await failed(shell);
    const store = subject.box.store();
    const good = store.read("install.sh");
    damage(store.path("install.sh"));
    await subject.expectCompletion();
    expect(store.read("install.sh")).toBe(good);
    await subject.expectRemoval();
    tried("kept-script", shell);
  });

  it.each<readonly [string, Damage]>([
    ["cut in half", (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
    ["changed in one word", (path) => writeFileSync(path, readFileSync(path, "utf8").replace("~/made", "~/mode"))],
  ])("%s does not run: 8, and nothing changed", async (_, damage) => {
    const subject = await failed(shell);
    const { box } = subject;
    const copy = box.store().path("install.sh");
    damage(copy);
    const before = box.wholeTree();
    const call = await box.startCommand([...box.shellCommand(), copy, "rollback", "--full"]).result;
    tried("kept-script", shell);
    expectExit(call, 8);
    expect(diffTrees(before, box.wholeTree())).toEqual([]);
  });
});
