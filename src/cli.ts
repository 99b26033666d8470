#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { reasonOf } from "./assets.js";
import { checkCommand, checkHelp } from "./commands/check.js";
import { compileCommand, compileHelp } from "./commands/compile.js";
import { CommandError, printCompileError } from "./commands/io.js";
import { doctor } from "./commands/doctor.js";
import { logs } from "./commands/logs.js";
import { plan } from "./commands/plan.js";
import { resume } from "./commands/resume.js";
import { rollback } from "./commands/rollback.js";
import { runCommand, runHelp } from "./commands/run.js";
import { scriptVerbCommand, type ScriptVerb } from "./commands/script-verb.js";
import { status } from "./commands/status.js";
import { testCommand, testHelp } from "./commands/test.js";
import type { TestOptions } from "./commands/test-settings.js";
import { verify } from "./commands/verify.js";
import { CompileError } from "./compiler/diagnostics/diagnostic.js";
import { version } from "./version.js";

/** The command line: the only reader of argv, and the only one that exits. */

const scriptVerbs: readonly ScriptVerb[] = [resume, rollback, status, plan, verify, logs, doctor];

function commandLine(finish: (exitCode: number) => void): Command {
  const program = new Command("waymark")
    .description("Compiles installer.toml into one install.sh that resumes and rolls back.")
    .version(version, "-V, --version", "print the version of waymark")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText(
      "after",
      `
Example:
  waymark compile my-app -o install.sh   my-app/installer.toml to install.sh
  sh install.sh                          anyone runs it, with sh and sqlite3
  waymark status my-app                  how far it came
`,
    );

  program
    .command("compile")
    .summary("compile installer.toml to install.sh")
    .description("Compiles installer.toml to install.sh. Nothing is written where there is an error.")
    .argument("[FILE|DIR]", "the installer.toml, or the folder that it is in", ".")
    .option("-o, --output <FILE>", "where to write it; - is standard output", "install.sh")
    .addHelpText("after", compileHelp)
    .action((input: string, options: { output: string }) =>
      finish(compileCommand(input, options)),
    );

  program
    .command("check")
    .summary("report all that is wrong with an installer.toml")
    .description("Reports all that is wrong with an installer.toml, and writes nothing.")
    .argument("[FILE|DIR]", "the installer.toml, or the folder that it is in", ".")
    .addHelpText("after", checkHelp)
    .action((input: string) => finish(checkCommand(input)));

  program
    .command("test")
    .summary("prove in throw-away roots that an installer resumes and rolls back")
    .description("Proves an installer: runs it for real in throw-away roots, kills it, undoes it.")
    .argument("[FILE|DIR...]", "each an installer.toml, or the folder that it is in (default: .)")
    .option("--claim <NAME>", "prove this claim; may be repeated (default: all)", another)
    .option("--shell <CMD>", "the host's sh; may be repeated (default: sh)", another)
    .option("--kills <N>", "how many kills at random instants inside steps", "20")
    .option("--points <N>", "how many kill points of each call, at random (default: all)")
    .option("--seed <S>", "of all that is random (default: another each time)")
    .option("--jobs <N>", "how many roots at once (default: the number of cores)")
    .option("--limit <SECONDS>", "for each call of the script", "600")
    .option("--store <KIND>", "sqlite, or journal: the host has no sqlite3", "sqlite")
    .option("--sandbox <KIND>", "home, bwrap or podman (default: home)")
    .option("--rootfs <DIR|TAR>", "with bwrap: another file system than this machine's")
    .option("--image <IMAGE>", "with podman: what the containers are of")
    .option("--home <DIR>", "what each home holds before (default: nothing)")
    .option("--env <NAME=VALUE>", "passed to the script; may be repeated", another)
    .option("--network", "the network is there: a download that fails is a failure")
    .option("--strict", "exit 1 also where something is not proven")
    .option("--keep", "keep the roots of counterexamples")
    .option("--json", "one JSON object a claim, and a last one with the totals")
    .addHelpText("after", testHelp)
    .action(async (inputs: string[], options: TestOptions) =>
      finish(await testCommand(inputs, options)),
    );

  passingThrough(program.command("run"), "[NAME|FILE|DIR] [flags]")
    .summary("compile an installer.toml and run it here")
    .description("Compiles an installer.toml and runs it here.")
    .addHelpText("after", runHelp)
    .action(async (words: string[]) => finish(await runCommand(words)));

  for (const one of scriptVerbs) {
    passingThrough(program.command(one.verb), `NAME|FILE|DIR ${one.usage}`)
      .summary(one.summary)
      .description(
        `${one.summary[0]?.toUpperCase()}${one.summary.slice(1)}.\n\n` +
          "NAME is an installer that has run here: its own copy of its script answers.\n" +
          "Flags are passed through, --checkpoint-dir DIR among them.",
      )
      .addHelpText("after", one.help)
      .action(async (words: string[]) => finish(await scriptVerbCommand(one, words)));
  }
  return program;
}

/** An option that may be repeated. */
function another(word: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, word];
}

/** All words but --help are the script's: waymark does not judge them. */
function passingThrough(command: Command, usage: string): Command {
  return command
    .usage(usage)
    .argument("[words...]")
    .configureHelp({ visibleArguments: () => [] })
    .allowUnknownOption();
}

async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = commandLine((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** Tells a person what went wrong; the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Its help and its version are no errors; it has printed both already.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof CompileError) {
    printCompileError(error);
    return 1;
  }
  if (error instanceof CommandError) {
    process.stderr.write(`waymark: ${error.message}\n`);
    if (error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
    return error.exitCode;
  }
  const detail = error instanceof Error ? error.message : String(error);
  const [line] = detail.split("\n", 1);
  process.stderr.write(
    `waymark: internal error: ${line}: this is a fault of waymark ${version}, ` +
      "please report it together with the installer.toml\n",
  );
  if (process.env["WAYMARK_DEBUG"] && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return 1;
}

process.on("uncaughtException", (error) => process.exit(report(error)));
process.on("unhandledRejection", (error) => process.exit(report(error)));
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read has gone, as with `| head`: end as SIGPIPE would.
    if (error.code === "EPIPE") process.exit(141);
    if (stream === process.stderr) process.exit(1);
    const reason = reasonOf(error);
    process.exit(report(new CommandError(`cannot write to standard output: ${reason}`, 1)));
  });
}

process.exitCode = await main(process.argv.slice(2));
