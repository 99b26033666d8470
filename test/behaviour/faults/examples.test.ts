// The six claims of each example, by `waymark test`: killed at each kill point
// and at random instants, made to fail, undone, and started twice.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Shell, shells } from "../../setup/shells.js";
import { allPoints, limitFor, seed, tried, tries } from "../harness/fault-counts.js";
import { exampleFolder, exampleToml, inEachShell, startServer } from "../harness/index.js";
import { claims, folder, PROVEN, verdicts } from "../harness/waymark-test.js";

const kills = tries("KILLS", 1);
// Half a second a root, and a minute for what is not a kill.
const limit = limitFor(allPoints ? kills + 1000 : kills);

/** Its claims, all of which are proven; the tries are counted. */
async function proves(shell: Shell, ...args: readonly string[]): Promise<void> {
  await provesWith({ kills, points: allPoints ? undefined : 1 }, shell, ...args);
}

async function provesWith(
  few: { readonly kills: number; readonly points: number | undefined },
  shell: Shell,
  ...args: readonly string[]
): Promise<void> {
  const told = await claims(
    0,
    [
      ...["--shell", shell.command.join(" "), "--store", shell.journal ? "journal" : "sqlite"],
      ...["--seed", String(seed), "--kills", String(few.kills), "--strict"],
      ...(few.points === undefined ? [] : ["--points", String(few.points)]),
      ...args,
    ],
    limit.timeout,
  );
  expect(verdicts(told)).toEqual(PROVEN);
  let points = 0;
  for (const { counts } of told.values()) points += counts.points ?? 0;
  const random = told.get("resumable")?.counts.kills ?? 0;
  expect(points).toBeGreaterThan(0);
  expect(random).toBe(few.kills);
  tried("example-point", shell, points);
  tried("example-kill", shell, random);
}

/** An example whose URL is a server's, and a home that it begins with. */
async function fromServer(name: string, path: string, bytes: Buffer | string) {
  const server = await startServer();
  server.serve(path, bytes);
  const made = folder();
  const toml = exampleToml(name);
  expect(toml).toContain(`https://example.com/${path}`);
  const file = join(made, "installer.toml");
  writeFileSync(file, toml.replaceAll("https://example.com/", server.url));
  const home = join(made, "home");
  mkdirSync(join(home, ".local", "bin"), { recursive: true });
  mkdirSync(join(home, ".config"));
  return { home, args: ["--network", "--home", home, file] };
}

inEachShell("the six claims hold of", (shell) => {
  it.each(["hello", "note"])("examples/%s", limit, (name) => proves(shell, exampleFolder(name)));

  it.each(["install-app", "atomic-install"])("examples/%s", limit, async (name) => {
    const { args } = await fromServer(name, "my-app", "#!/bin/sh\necho my-app\n");
    await proves(shell, ...args);
  });

  it("examples/robust-app, over an older one", limit, async () => {
    const tar = join(folder(), "app.tar.gz");
    execFileSync("tar", ["-czf", tar, "-C", folderWithApp("1.0"), "."]);
    const { home, args } = await fromServer("robust-app", "app.tar.gz", readFileSync(tar));
    execFileSync("cp", ["-R", folderWithApp("0.9"), join(home, ".my-app")]);
    await proves(shell, ...args);
  });

  // It unpacks a whole package in each root: in CI in one shell; else some
  // points, and the kills of a store are shared by the shells.
  it.runIf(allPoints || shell === shells[0])("examples/waymark", limit, async () => {
    const made = folder();
    const pack = join(exampleFolder("waymark"), "pack.sh");
    const name = execFileSync("sh", [pack], { cwd: made, encoding: "utf8" }).trim();
    const few = { kills: Math.ceil(kills / shells.length), points: allPoints ? 5 : 1 };
    const env = `WAYMARK_TARBALL=${join(made, name)}`;
    await provesWith(few, shell, "--env", env, exampleFolder("waymark"));
  });
});

/** A folder with the program `bin/app` of this version. */
function folderWithApp(version: string): string {
  const made = folder();
  const app = join(made, "bin", "app");
  mkdirSync(join(made, "bin"));
  writeFileSync(app, `#!/bin/sh\necho "app ${version}"\n`);
  chmodSync(app, 0o755);
  return made;
}
