import type { Claim } from "./claims/claim.js";
import type { Counts } from "./host.js";
import type { ClaimResult, Verdict } from "./prove.js";
import type { Finding } from "./trial.js";

/** Of what the results that follow are. */
export interface Subject {
  readonly installer: string;
  readonly version: string;
  readonly file: string;
  readonly shell: string;
  readonly store: string;
  readonly sandbox: string;
  readonly seed: number;
}

/** What all of it came to. */
export interface Totals {
  readonly installers: number;
  readonly proven: number;
  readonly false: number;
  readonly not_proven: number;
  readonly counts: Counts;
  readonly seed: number;
  readonly exit_code: number;
}

/** Tells a reader how it goes and what came out. */
export interface Reporter {
  subject(subject: Subject): void;
  begun(claim: Claim): void;
  progress(tried: number): void;
  result(result: ClaimResult): void;
  end(totals: Totals): void;
}

/** Where a reporter writes. */
export interface Sink {
  readonly write: (text: string) => void;
  /** Whether a line may be written over. */
  readonly terminal: boolean;
  readonly color: boolean;
}

/** As many paths as are shown of one counterexample. */
const SHOWN = 12;

/** Lines for people; on a terminal the last one counts up meanwhile. */
export class HumanReporter implements Reporter {
  readonly #sink: Sink;
  #claim = "";
  #first = true;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  subject(subject: Subject): void {
    const { installer, version, file, shell, store, sandbox, seed } = subject;
    const gap = this.#first ? "" : "\n";
    this.#first = false;
    this.#sink.write(
      `${gap}${plain(installer)} ${plain(version)} (${plain(file)}), in ${shell}, store ${store}, sandbox ${sandbox}, seed ${seed}\n`,
    );
  }

  begun(claim: Claim): void {
    this.#claim = claim.name;
    this.progress(0);
  }

  progress(tried: number): void {
    if (!this.#sink.terminal) return;
    this.#sink.write(`\r\x1b[K  ${this.#claim.padEnd(11)} … ${tried}`);
  }

  result(result: ClaimResult): void {
    if (this.#sink.terminal) this.#sink.write("\r\x1b[K");
    this.#sink.write(resultLines(result, (verdict) => this.#word(verdict)).join("\n") + "\n");
  }

  end(totals: Totals): void {
    if (this.#sink.terminal) this.#sink.write("\r\x1b[K");
    const { proven, false: refuted, not_proven: open, counts } = totals;
    this.#sink.write(
      `\n${proven} proven, ${refuted} false, ${open} not proven; ${spent(counts)}, seed ${totals.seed}\n`,
    );
  }

  #word(verdict: Verdict): string {
    const word = verdict === "false" ? "FALSE" : verdict;
    if (!this.#sink.color) return word.padEnd(10);
    const colors = { proven: 32, false: 31, "not proven": 33 };
    return `\x1b[${colors[verdict]}m${word.padEnd(10)}\x1b[0m`;
  }
}

/** One JSON object a line: one a claim, and a last one with the totals. */
export class JsonReporter implements Reporter {
  readonly #sink: Sink;
  #subject: Subject | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  subject(subject: Subject): void {
    this.#subject = subject;
  }

  begun(): void {}

  progress(): void {}

  result({ findings, ...result }: ClaimResult): void {
    const counterexamples = findings.map(({ title, counterexample, kept }) => ({
      done: title,
      wrong: counterexample.wrong,
      differences: counterexample.differences,
      output: counterexample.output,
      ...(kept === undefined ? {} : { kept }),
    }));
    this.#line({ ...this.#subject, ...result, counterexamples });
  }

  end(totals: Totals): void {
    this.#line({ totals });
  }

  #line(value: object): void {
    this.#sink.write(`${JSON.stringify(value)}\n`);
  }
}

function resultLines(result: ClaimResult, word: (verdict: Verdict) => string): string[] {
  const { claim, says, verdict, findings, reasons, counts } = result;
  return [
    `  ${claim.padEnd(11)} ${word(verdict)} ${says} (${spent(counts)})`,
    ...findings.slice(0, 1).flatMap(findingLines),
    ...(findings.length > 1 ? [`    and ${findings.length - 1} more, such as: ${findings[1]?.title}`] : []),
    ...(verdict === "proven" ? [] : reasons.map((reason) => `    not proven: ${plain(reason)}`)),
  ];
}

function findingLines({ title, counterexample, kept }: Finding): string[] {
  const { wrong, differences, output } = counterexample;
  const more = differences.length - SHOWN;
  return [
    `    ${plain(title)}:`,
    `    ${plain(wrong)}`,
    ...differences.slice(0, SHOWN).map(({ path, was, is }) => `      ${plain(path)}: ${plain(was)} -> ${plain(is)}`),
    ...(more > 0 ? [`      and ${more} more`] : []),
    ...output.map((line) => `      | ${plain(line)}`),
    ...(kept === undefined ? [] : [`    its root is kept: ${kept}`]),
  ];
}

function spent({ roots, calls, points, kills }: Counts): string {
  const parts = [count(roots, "root"), count(calls, "call")];
  if (points > 0) parts.push(count(points, "kill point"));
  if (kills > 0) parts.push(count(kills, "random kill"));
  return parts.join(", ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** No control character of a name or an output reaches the terminal. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "?");
}
