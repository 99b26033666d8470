// A step of another interpreter: its text becomes a file that is run.
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { findTool } from "../setup/tools.js";
import { Bench, inEachShell, sh } from "./harness.js";

/** The words, the text, and what is around them, in a folder of the step's. */
function call(bench: Bench, command: string, text: string): string {
  return `WAYMARK_STEP=demo-step WAYMARK_DIR=${sh(bench.path("a dir"))}
mkdir -p "$WAYMARK_DIR/logs"
(rt_interpret ${command} <<'the end'
${text}
the end
)
echo "exit $?"`;
}

inEachShell("interpret", (shell) => {
  it("runs the text as a file, with the words in front of it", async () => {
    const bench = new Bench(shell);
    const text = 'echo "$0"\necho "flags $-" \\\\ $HOME `echo x` \'$HOME\'\nfalse\necho "not here"';
    const { stdout, stderr } = await bench.run(["interpret"], call(bench, "sh -eu", text));
    const file = bench.path("a dir", "logs", "demo-step.script");
    expect(stdout.split("\n")).toEqual([
      file,
      expect.stringMatching(/^flags \S*e\S* \\ \S+home x \$HOME$/),
      "exit 1",
      "",
    ]);
    expect(stderr).toBe("");
  });

  it.runIf(findTool("python3"))("runs another language", async () => {
    const bench = new Bench(shell);
    const text = 'import sys\nif True:\n\tprint("tab", sys.argv[1:])\nsys.exit(5)';
    const { stdout } = await bench.run(["interpret"], call(bench, "python3 -B", text));
    expect(stdout).toBe("tab []\nexit 5\n");
  });

  it("gives it no standard input", async () => {
    const bench = new Bench(shell);
    const { stdout } = await bench.run(["interpret"], call(bench, "sh", "cat; echo read"), {
      input: "of the person\n",
    });
    expect(stdout).toBe("read\nexit 0\n");
  });

  it("says which interpreter is missing, and exits with 127", async () => {
    const bench = new Bench(shell);
    const { stdout } = await bench.run(["interpret"], call(bench, "no-such-one -x", "text"));
    expect(stdout).toMatch(/^demo-step: .*no-such-one.*\nexit 127\n$/);
    expect(existsSync(bench.path("a dir", "logs", "demo-step.script"))).toBe(false);
  });

  it("does not go on where the file cannot be written", async () => {
    const bench = new Bench(shell);
    const lines = call(bench, "sh", "echo run").replace(/^mkdir.*\n/m, "");
    const { stdout } = await bench.run(["interpret"], lines);
    expect(stdout).not.toContain("run");
    expect(stdout).toMatch(/^exit [1-9]/);
  });
});
