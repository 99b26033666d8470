import * as z from "zod";
import type { SyntaxTree } from "../1-parse/parse.js";
import { nearest } from "../diagnostics/suggest.js";
import { optionAt, unfolded } from "./union-issues.js";
import { installerToml, type Draft, type InstallerToml } from "./schema.js";
import {
  meaninglessKeys,
  unsupportedActions,
  unsupportedKeys,
} from "./unsupported.js";

type Path = (string | number)[];
type Issue = z.core.$ZodIssue;

/**
 * Holds the values against the schema, reports where they differ, and returns
 * what is left without the values at fault, so that the checks that follow can
 * still tell what is wrong with the rest.
 */
export function checkShape(tree: SyntaxTree): Draft<InstallerToml> {
  const result = installerToml.safeParse(tree.value, { reportInput: true });
  if (result.success) return result.data;
  const rest: unknown = structuredCopy(tree.value);
  for (const issue of result.error.issues.flatMap(unfolded)) {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        reportUnknownKey(tree, path, key);
        remove(rest, [...path, key]);
      }
    } else {
      reportValue(tree, path, issue);
      remove(rest, path);
    }
  }
  return rest as Draft<InstallerToml>;
}

function reportUnknownKey(tree: SyntaxTree, path: Path, key: string): void {
  const table = tableOf(path);
  const place = tree.keyAt([...path, key]);
  if (meaninglessKeys[table]?.includes(key)) {
    tree.log.report("WM0205", { key: named(path, key) }, place);
    return;
  }
  const later = unsupportedKeys[table] ?? [];
  if (later.includes(key)) {
    tree.log.report("WM0204", { what: key }, place);
    return;
  }
  const allowed = keysAt(path);
  const meant = nearest(key, [...allowed, ...later]);
  tree.log.report(
    "WM0203",
    {
      key,
      table: table === "" ? "the file" : `\`${titled(path)}\``,
      allowed,
      ...(meant === undefined ? {} : { meant }),
    },
    place,
  );
}

function reportValue(tree: SyntaxTree, path: Path, issue: Issue): void {
  const key = keyOf(path);
  if (issue.input === undefined) {
    reportMissing(tree, path);
  } else if (issue.code === "invalid_value" && typeof issue.input === "string") {
    const { input } = issue;
    const place = tree.valueAt(path);
    if (tableOf(path) === "step.action" && unsupportedActions.includes(input)) {
      tree.log.report("WM0204", { what: `action = "${input}"` }, place);
      return;
    }
    const allowed = issue.values.map(String);
    const meant = nearest(input, [...allowed, ...unsupportedActions]);
    tree.log.report(
      "WM0206",
      { key, value: input, allowed, ...(meant === undefined ? {} : { meant }) },
      place,
    );
  } else {
    const place = tree.valueAt(path);
    const { start, end } = place.span;
    const raw = place.text.slice(start.offset, end.offset);
    const write = rewritten(raw, path, issue.input);
    const facts = {
      key,
      expected: expectedBy(path, issue),
      found: kindOf(issue.input),
      ...(write === undefined ? {} : { write }),
    };
    tree.log.report("WM0202", facts, place);
  }
}

function reportMissing(tree: SyntaxTree, path: Path): void {
  const key = String(path.at(-1));
  const above = path.slice(0, -1);
  const place = tree.keyAt(above);
  if (path.length === 1 && key === "step") tree.log.report("WM0213", {}, place);
  else tree.log.report("WM0201", { key, table: titled(above) }, place);
}

/** `step.checkpoint` for `step`, 3, `checkpoint`. */
function tableOf(path: Path): string {
  return path.filter((part) => typeof part === "string").join(".");
}

/** The last key of a path, with its index: `state_files[1]`. */
function keyOf(path: Path): string {
  const at = path.findLastIndex((part) => typeof part === "string");
  const [key, ...indexes] = path.slice(Math.max(0, at));
  return `${key ?? ""}${indexes.map((index) => `[${index}]`).join("")}`;
}

function named(path: Path, key: string): string {
  return [tableOf(path), key].filter((part) => part !== "").join(".");
}

/** As its header is written: `[[step]]`, `[step.script]`. */
function titled(path: Path): string {
  const table = tableOf(path);
  if (table === "") return "the file";
  if (table === "step") return "[[step]]";
  if (path.length > 2 && typeof path.at(-1) === "number") return keyOf(path);
  return `[${table}]`;
}

/** The keys that the schema has for a table. */
function keysAt(path: Path): string[] {
  const schema = schemaAt(path);
  const options = schema instanceof z.ZodUnion ? schema.options : [schema];
  return options.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

function schemaAt(path: Path): unknown {
  let schema: unknown = installerToml;
  for (const part of path) {
    if (schema instanceof z.ZodOptional) schema = schema.unwrap();
    if (schema instanceof z.ZodUnion) schema = optionAt(schema, part);
    if (schema instanceof z.ZodObject) schema = schema.shape[part as string];
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
  }
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" or ");
}

function expectedBy(path: Path, issue: Issue, schema: unknown = schemaAt(path)): string {
  const words = schema instanceof z.ZodType ? schema.description : undefined;
  if (words !== undefined) return words;
  if (schema instanceof z.ZodUnion) {
    return listed(schema.options.map((one) => expectedBy(path, issue, one)));
  }
  if (schema instanceof z.ZodArray) {
    return holdsStrings(schema)
      ? "a list of strings"
      : path.length === 1
        ? `a list of tables, \`[[${keyOf(path)}]]\``
        : "a list of tables";
  }
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return "a table";
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return "a string";
  return issue.message;
}

function holdsStrings({ element }: z.ZodArray): boolean {
  return element instanceof z.ZodString || element instanceof z.ZodEnum;
}

/** A value as it would be right, where what was meant is plain. */
function rewritten(raw: string, path: Path, value: unknown): string | undefined {
  const schema = schemaAt(path);
  const plain = typeof value !== "object" || value instanceof Date;
  if (/\n/.test(raw) || !plain) return undefined;
  if (schema instanceof z.ZodType && schema.description !== undefined) return undefined;
  const options = schema instanceof z.ZodUnion ? schema.options : [schema];
  const text = options.some((option) => option instanceof z.ZodString);
  if (text && typeof value !== "string") {
    // TOML's octal number is not how chmod is told of one.
    return `"${raw.replace(/^0o(?=\d)/, "0")}"`;
  }
  if (schema instanceof z.ZodBoolean && (value === "true" || value === "false")) {
    return value;
  }
  const list = schema instanceof z.ZodArray && holdsStrings(schema);
  return list && typeof value === "string" ? `[${raw}]` : undefined;
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "a string";
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  return "a table";
}

/** Tables and lists are copied, all else is shared. */
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return value;
  }
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) {
    Object.defineProperty(copy, key, {
      value: structuredCopy(inner),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/** A list keeps its length: indexes are key paths. */
function remove(root: unknown, path: Path): void {
  let at = root;
  for (const part of path.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return;
    at = (at as Record<string | number, unknown>)[part];
  }
  const last = path.at(-1);
  if (last === undefined || typeof at !== "object" || at === null) return;
  if (Array.isArray(at)) at[last as number] = undefined;
  else delete (at as Record<string | number, unknown>)[last];
}
