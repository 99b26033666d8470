// What the modules' headers say, which is what selects them for a script.
import { expect, test } from "vitest";
import { closureOf, header, runtime } from "./harness.js";

const names = Object.keys(runtime);
const defined = new Map(names.map((name) => [name, definitions(name)]));
const home = new Map(names.flatMap((name) => [...(defined.get(name) ?? [])].map((one) => [one, name])));

/** Functions, those of a rollback script too, and constants in capitals. */
function definitions(name: string): Set<string> {
  const found = (runtime[name] ?? "").matchAll(/^\t*((?:rt|undo|edit)_\w+)\(\)|(?:^|\s)(RT_[A-Z_]+)=/gm);
  return new Set([...found].map(([, one, other]) => one ?? other ?? ""));
}

/** The functions that a module calls; a variable may have such a name too. */
function calls(name: string): string[] {
  const code = (runtime[name] ?? "")
    .replace(/^\s*#.*$/gm, "")
    .replace(/\$\{?rt_\w+|\brt_\w+=/g, "");
  const words = new Set(code.match(/\brt_\w+/g));
  return [...words].filter((word) => home.has(word));
}

test("there are modules to look at", () => {
  expect(names.length).toBeGreaterThan(10);
  expect(home.get("rt_main")).toBe("main");
  expect(calls("main")).toContain("rt_die");
});

test("a function is defined in one module", () => {
  const all = names.flatMap((name) => [...(defined.get(name) ?? [])].filter((one) => one.startsWith("rt_")));
  expect(all.filter((one, i) => all.indexOf(one) !== i)).toEqual([]);
});

test.each(names)("%s is what its file's name says", (name) => {
  expect(/^# module: (.*)\n/.exec(runtime[name] ?? "")?.[1]).toBe(name);
});

test.each(names)("%s defines what it provides", (name) => {
  expect(header(name, "provides").filter((one) => !defined.get(name)?.has(one))).toEqual([]);
});

test.each(names)("%s requires what it calls, or what it requires does", (name) => {
  const closure = closureOf(name);
  const missing = calls(name).filter((one) => !closure.has(home.get(one) ?? ""));
  expect(missing.map((one) => `${one} of ${home.get(one)}`)).toEqual([]);
});

test.each(names)("%s provides what others call", (name) => {
  const wanted = names
    .filter((other) => other !== name)
    .flatMap(calls)
    .filter((one) => home.get(one) === name);
  const provided = header(name, "provides");
  expect([...new Set(wanted)].filter((one) => !provided.includes(one))).toEqual([]);
});
