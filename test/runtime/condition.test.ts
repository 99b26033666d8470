// What the conditions ask of a host that the behaviour tests do not have:
// other os-release files, package managers and systemd.
import { expect, it } from "vitest";
import { Bench, inEachShell, type RunOptions, sh } from "./harness.js";

/** The lines that a table of these calls gives, without their beginning. */
async function failures(bench: Bench, calls: string, options: RunOptions = {}): Promise<readonly string[]> {
  const lines = `rt_verify_bad=
${calls}
rt_condition_end
put "\${rt_verify_bad:-0}"`;
  const { stdout, stderr, values } = await bench.run(["condition-system"], lines, options);
  const told = stdout.split("\n").filter((line) => line.includes("FAILED: "));
  expect(stderr).toBe("");
  expect(values.at(-1)?.endsWith(told.length > 0 ? "1" : "0")).toBe(true);
  return told.map((line) => line.slice(line.indexOf("expected")));
}

const RELEASE = `# a comment
NAME="Odd \\"Linux\\" \\$1 \\\\ \\\`x\\\`"
ID=odd
ID_LIKE='debian "old"'
VERSION_ID=1
VERSION_ID="2"
EMPTY=
HOME_URL="$(touch canary)"
LAST=no newline`;

inEachShell("os-release", (shell) => {
  const VALUES = [
    ["NAME", `^Odd "Linux" [$]1 \\\\ \`x\`$`],
    ["ID", "^odd$"],
    ["ID_LIKE", '^debian "old"$'],
    ["VERSION_ID", "^2$"],
    ["EMPTY", "^$"],
    ["HOME_URL", "^[$][(]touch canary[)]$"],
    ["LAST", "^no newline$"],
  ];

  it("is read, and not run", async () => {
    const bench = new Bench(shell);
    const file = bench.write("os-release", RELEASE);
    const calls = VALUES.map(([name, text]) => `rt_condition_variable ${name} ${sh(text ?? "")}`).join("\n");
    expect(await failures(bench, `RT_OS_RELEASE=${sh(`/nowhere ${file}`)}\n${calls}`)).toEqual([]);
  });

  it("does not have what it does not have", async () => {
    const bench = new Bench(shell);
    const file = bench.write("os-release", RELEASE);
    const calls = `RT_OS_RELEASE=${sh(file)}\nrt_condition_variable I odd\nrt_condition_variable ID 'even'`;
    expect(await failures(bench, calls)).toEqual([
      "expected I to match odd, found no such name in the environment or in os-release",
      "expected ID to match even, found odd",
    ]);
    expect(await failures(bench, "RT_OS_RELEASE=/nowhere\nrt_condition_variable ID odd")).toHaveLength(1);
  });
});

/** A package manager that has `there`, has no `gone`, and breaks at `odd`. */
const MANAGERS: Readonly<Record<string, string>> = {
  "dpkg-query": `case $4$3 in *there*) echo "1.0 install ok installed" ;; *half*) echo "1.0 install ok half-configured" ;;
*left*) echo "1.0 deinstall ok config-files" ;; *odd*) echo "no database"; exit 2 ;;
*) echo "dpkg-query: no packages found matching $3"; exit 1 ;; esac`,
  rpm: `case $2 in there) echo there-1.0 ;; odd) echo "error: no database"; exit 1 ;; *) echo "package $2 is not installed"; exit 1 ;; esac`,
  apk: `case $3 in there) echo there ;; odd) echo "ERROR: no database" >&2; exit 1 ;; *) exit 1 ;; esac`,
  pacman: `case $2 in there) echo there 1.0 ;; odd) echo "error: no database" >&2; exit 1 ;; *) echo "error: package '$2' was not found" >&2; exit 1 ;; esac`,
};

const TOOLS = ["awk", "cat", "chmod", "grep", "id", "ls", "mkdir", "mkfifo", "printf", "rm", "sed", "sleep", "tr", "uname"];

inEachShell("packages_absent", (shell) => {
  function host(...managers: readonly string[]): { bench: Bench; options: RunOptions } {
    const bench = new Bench(shell);
    const path = bench.programs("bin", TOOLS);
    for (const name of managers) bench.write(`bin/${name}`, `#!/bin/sh\n${MANAGERS[name]}\n`, 0o755);
    return { bench, options: { env: { PATH: path } } };
  }

  it.each(Object.keys(MANAGERS))("asks %s", async (manager) => {
    const { bench, options } = host(manager);
    expect(await failures(bench, "rt_condition_absent gone", options)).toEqual([]);
    const [there, ...none] = await failures(bench, "rt_condition_absent there", options);
    expect(there).toMatch(/^expected no package there, found /);
    expect(none).toEqual([]);
    const [odd] = await failures(bench, "rt_condition_absent odd", options);
    expect(odd).toMatch(/^expected no package odd, found .* does not tell.*no database/);
  });

  it("takes a half installed one for there, and left configuration for none", async () => {
    const { bench, options } = host("dpkg-query");
    const told = await failures(bench, "rt_condition_absent half\nrt_condition_absent left", options);
    expect(told).toEqual(["expected no package half, found dpkg: 1.0 install ok half-configured"]);
  });

  it("asks all of them", async () => {
    const { bench, options } = host("dpkg-query", "rpm");
    bench.write("bin/dpkg-query", "#!/bin/sh\nexit 1\n", 0o755);
    const told = await failures(bench, "rt_condition_absent there\nrt_condition_absent gone", options);
    expect(told).toEqual(["expected no package there, found rpm: there-1.0"]);
  });

  it("fails where none is there to ask", async () => {
    const { bench, options } = host();
    expect(await failures(bench, "rt_condition_absent gone", options)).toEqual([
      "expected no package gone, found no dpkg-query, rpm, apk or pacman to ask",
    ]);
  });
});

inEachShell("service_active", (shell) => {
  const SYSTEMCTL = `#!/bin/sh
[ "$1 $2" = "is-active --" ] || exit 9
case $3 in good) echo active ;; *) echo inactive; exit 3 ;; esac
`;

  it("asks the systemd that runs", async () => {
    const bench = new Bench(shell);
    const path = bench.programs("bin", TOOLS);
    bench.write("bin/systemctl", SYSTEMCTL, 0o755);
    const calls = `RT_SYSTEMD=${sh(bench.root)}\nrt_condition_service good\nrt_condition_service bad`;
    expect(await failures(bench, calls, { env: { PATH: path } })).toEqual([
      "expected the service bad to be active, found inactive",
    ]);
  });

  it("fails where none runs", async () => {
    const bench = new Bench(shell);
    const path = bench.programs("bin", TOOLS);
    bench.write("bin/systemctl", SYSTEMCTL, 0o755);
    const calls = "RT_SYSTEMD=/nowhere\nrt_condition_service good";
    expect(await failures(bench, calls, { env: { PATH: path } })).toEqual([
      "expected the service good to be active, found no systemd that runs here",
    ]);
  });
});

inEachShell("a path in a home", (shell) => {
  it("fails where this call has none", async () => {
    const calls = "rt_condition_file '~/a'\nrt_condition_mode '$HOME/a' 0644\nrt_condition_file /";
    expect(await failures(new Bench(shell), calls, { env: { HOME: undefined } })).toEqual([
      "expected the file ~/a, found no HOME in the environment",
      "expected $HOME/a with mode 0644, found no HOME in the environment",
    ]);
  });
});
