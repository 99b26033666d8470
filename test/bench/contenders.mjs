import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What is measured side by side. `prepare` writes what it runs into a fresh
 * folder and says the command; `shell` is command words, `n` the steps, and
 * `compile` turns a TOML text into an install.sh.
 */
export const CONTENDERS = [
  {
    key: "bare",
    title: "bare steps: ( : )",
    prepare: (folder, shell, n) => script(folder, shell, n, () => "( : )"),
  },
  {
    key: "marker",
    title: "hand-written, marker file, not durable",
    prepare: (folder, shell, n) =>
      script(folder, shell, n, (i) => `( : ) && : >done/step-${i} || exit`),
  },
  {
    key: "durable",
    title: "hand-written, marker file, sync -d",
    prepare: (folder, shell, n) =>
      script(
        folder,
        shell,
        n,
        (i) => `( : ) && : >done/step-${i} && sync -d done/step-${i} || exit`,
      ),
  },
  {
    key: "waymark",
    title: "waymark: row, state file and rollback file",
    prepare(folder, shell, n, compile) {
      writeFileSync(join(folder, "install.sh"), compile(installerToml(n)));
      return [...shell, join(folder, "install.sh"), "--checkpoint-dir", folder];
    },
  },
  {
    key: "make",
    title: "GNU make with stamp files, not durable",
    prepare(folder, shell, n) {
      const rules = numbers(n).map((i) => {
        const before = i > 1 ? ` done/step-${i - 1}` : "";
        return `done/step-${i}:${before}\n\t@( : ) && : >$@\n`;
      });
      const head = `SHELL = ${shell[0]}\nall: done/step-${n}\n`;
      mkdirSync(join(folder, "done"));
      writeFileSync(join(folder, "Makefile"), head + rules.join(""));
      return ["make", "-s"];
    },
  },
];

/** `n` trivial steps with a checkpoint and a rollback text each. */
export function installerToml(n) {
  const steps = numbers(n).map(
    (i) => `
[[step]]
id = "step-${i}"
name = "Step ${i}"
action = "script"
[step.checkpoint]
enabled = true
rollback = "rm -f ~/made-by-step-${i}"
[step.script]
content = ":"
`,
  );
  return `[installer]\nname = "bench"\nversion = "1.0.0"\n${steps.join("")}`;
}

function script(folder, shell, n, line) {
  mkdirSync(join(folder, "done"));
  const file = join(folder, "script.sh");
  writeFileSync(file, `${numbers(n).map(line).join("\n")}\n`);
  return [...shell, file];
}

function numbers(n) {
  return Array.from({ length: n }, (_, i) => i + 1);
}
