import { codes } from "../../src/compiler/diagnostics/catalogue.js";
import type { Position } from "../../src/index.js";
import { decoded, type Reply, type SentDiagnostic, type SentPlace, type Told } from "./workers.js";

/** Something that must not be: a word for its kind, and what was seen. */
export interface Fault {
  readonly kind: string;
  readonly detail: string;
}

/** Diagnostics that speak of no place in a text. */
const WITHOUT_PLACE = new Set(["WM0503", "WM0901", "WM0902"]);

/** What moves a cursor, hides or turns text; a half of a pair is no text. */
const UNSHOWABLE = /(?!\n)[\p{Cc}\p{Surrogate}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** What is wrong with how a compilation of a file with these bytes ended. */
export function judge(reply: Reply, bytes: Buffer): Fault[] {
  const text = decoded(bytes);
  if (text === undefined && "diagnostics" in reply) {
    const codes = reply.diagnostics.map(({ code }) => code);
    if (codes.join() !== "WM0901") return [{ kind: "no text", detail: `bytes that are no UTF-8 are read: ${codes.join()}` }];
  }
  return faultsOf(reply, text ?? "");
}

function faultsOf(reply: Reply, text: string): Fault[] {
  switch (reply.end) {
    case "hung":
      return [{ kind: "hang", detail: "the compiler gave no answer, and was killed" }];
    case "died":
      return [{ kind: "death", detail: `the compiler's process ended: ${reply.how}` }];
    case "crashed":
      return [{ kind: "crash", detail: reply.stack }];
    case "refused":
      return [...refusal(reply), ...diagnostics(reply, text), ...shown(reply)];
    case "accepted":
      return [...acceptance(reply), ...diagnostics(reply, text), ...shown(reply)];
  }
}

function refusal(told: Told): Fault[] {
  const errors = told.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0 || told.count > told.diagnostics.length) return [];
  return [{ kind: "no error", detail: "refused, and no diagnostic is an error" }];
}

function acceptance(told: Told): Fault[] {
  const error = told.diagnostics.find(({ severity }) => severity === "error");
  return error === undefined ? [] : [{ kind: "error passed", detail: `accepted with ${error.code}` }];
}

function diagnostics(told: Told, text: string): Fault[] {
  return told.diagnostics.flatMap((one) => {
    const details = [
      codes.includes(one.code) ? [] : ["its code is not in the catalogue"],
      ...[one.message, one.help ?? "x", ...one.related.map(({ message }) => message)].map(words),
      one.place !== undefined || WITHOUT_PLACE.has(one.code) ? [] : ["it has no place"],
      ...placesOf(one).map((place) => placed(place, text)),
    ].flat();
    const detail = `${details.join("; ")}: ${JSON.stringify(one).slice(0, 2000)}`;
    return details.length === 0 ? [] : [{ kind: `diagnostic ${one.code}: ${details[0]}`, detail }];
  });
}

/** A sentence for a person, of a length that somebody reads. */
function words(sentence: string): string[] {
  if (sentence.trim() === "") return ["it says nothing"];
  if (sentence.includes("\n") || UNSHOWABLE.test(sentence)) return ["it holds a control character"];
  return sentence.length > 2000 ? ["it is too long to read"] : [];
}

function placesOf(one: SentDiagnostic): SentPlace[] {
  const related = one.related.map(({ place }) => place);
  return one.place ? [one.place, ...related] : related;
}

function placed(place: SentPlace, toml: string): string[] {
  const text = place.text ?? toml.replace(/^\uFEFF/, " ");
  const { start, end } = place.span;
  const wrong = [start, end].filter((position) => !isIn(text, position));
  if (wrong.length > 0) return [`a position is not in the file: ${JSON.stringify(wrong)}`];
  return end.offset < start.offset ? ["its end is before its start"] : [];
}

function isIn(text: string, { offset, line, column }: Position): boolean {
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) return false;
  const begin = text.lastIndexOf("\n", offset - 1) + 1;
  return column === offset - (offset === 0 ? 0 : begin) + 1 && line === lineOf(text, offset);
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function shown({ shown: frame, sameInColor, count }: Told): Fault[] {
  const faults: string[] = [];
  if (UNSHOWABLE.test(frame)) faults.push("a control character is shown");
  if (!sameInColor) faults.push("in colour it is another text");
  if (count > 0 && frame === "") faults.push("nothing is shown");
  if (/^ {4}at /m.test(frame)) faults.push("a stack trace is shown");
  const long = frame.split("\n").find((line) => line.length > 2500);
  if (long !== undefined) faults.push(`a line of ${long.length} characters is shown`);
  return faults.map((kind) => ({ kind, detail: frame.slice(0, 2000) }));
}
