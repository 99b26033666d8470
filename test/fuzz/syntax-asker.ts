import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Shell } from "../setup/shells.js";

/**
 * Asks shells whether they can parse a file. All questions go through one
 * `sh`, from which a process is quickly forked.
 */
export class SyntaxAsker {
  #sh: ChildProcess | undefined;
  #answers: Interface | undefined;

  /** `SHELL -n FILE`, one file at a time; its path needs no quotes. */
  accepts(shell: Shell, file: string): Promise<boolean> {
    const sh = (this.#sh ??= spawn("sh", { stdio: ["pipe", "pipe", "ignore"] }));
    const answers = (this.#answers ??= createInterface({ input: sh.stdout as NodeJS.ReadableStream }));
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error(`sh ended when it was asked about ${file}`));
      sh.once("exit", gone);
      answers.once("line", (line) => {
        sh.off("exit", gone);
        resolve(line === "0");
      });
      sh.stdin?.write(`${shell.command.join(" ")} -n ${file} </dev/null >/dev/null 2>&1; echo $?\n`);
    });
  }

  close(): void {
    this.#sh?.stdin?.end();
  }
}
