import { describe, expect, test } from "vitest";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import type { SpecStep } from "../../../../src/compiler/2-validate/spec.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import { canonicalJson, sha256, stepFingerprint } from "../../../../src/compiler/3-plan/fingerprint.js";
import { stableOrder } from "../../../../src/compiler/3-plan/order.js";
import type { Plan } from "../../../../src/compiler/3-plan/plan.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import { symbolsFor } from "../../../../src/compiler/3-plan/symbol.js";
import { HEAD, sourceOf, specOf, stepToml } from "../../helpers.js";

/** "c<a,b" is an item c that depends on a and b. */
function orderOf(...items: string[]): string {
  const parsed = items.map((item) => {
    const [id = "", rest = ""] = item.split("<");
    return { id, after: rest === "" ? [] : rest.split(",") };
  });
  return stableOrder(parsed, ({ id }) => id, ({ after }) => after)
    .map(({ id }) => id)
    .join("");
}

describe("the order", () => {
  test.each([
    ["is the declaration's where nothing is asked", ["a", "b", "c"], "abc"],
    ["moves a step behind what it depends on", ["a<c", "b", "c"], "bca"],
    ["moves no other step", ["d<b", "a", "b", "c"], "abdc"],
    ["takes the first that is ready, again and again", ["a<d", "b", "c<a", "d", "e"], "bdace"],
    ["joins a diamond", ["a<b,c", "b<d", "c<d", "d"], "dbca"],
    ["counts a dependency once", ["a<b,b", "b"], "ba"],
  ])("%s", (_, items, order) => {
    expect(orderOf(...items)).toBe(order);
  });

  test("is that of the plain definition, on any graph", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 200; round++) {
      const count = 1 + random(12);
      const rank = Array.from({ length: count }, () => random(1000));
      const items = rank.map((own, index) => ({
        id: index,
        // Toward lower ranks alone: no circle.
        after: rank.flatMap((other, at) => (other < own && random(3) === 0 ? [at] : [])),
      }));
      const plain: number[] = [];
      while (plain.length < count) {
        const next = items.find(
          ({ id, after }) => !plain.includes(id) && after.every((at) => plain.includes(at)),
        );
        plain.push(next?.id as number);
      }
      const found = stableOrder(items, ({ id }) => String(id), ({ after }) => after.map(String));
      expect(found.map(({ id }) => id)).toEqual(plain);
    }
  });
});

describe("symbols", () => {
  test.each([
    [["a", "a_b"], ["a", "a_b"]],
    [["a-b", "a.b", "a_b"], ["a_b_2", "a_b_3", "a_b"]],
    [["a.b", "a-b", "a_b_2"], ["a_b", "a_b_3", "a_b_2"]],
    [["1.0"], ["1_0"]],
  ])("%j", (ids, symbols) => {
    expect([...symbolsFor(ids).values()]).toEqual(symbols);
  });
});

describe("fingerprints", () => {
  const base: SpecStep = {
    id: "a",
    name: "A",
    action: "script",
    dependsOn: ["b"],
    script: { text: "x\n", interpreter: ["sh"], errexit: true },
    checkpoint: { rollback: "y\n", stateFiles: ["~/a"], atomic: false, snapshot: true, irreversible: false },
    verification: [{ cmd: "v" }],
  };
  const checkpoint = base.checkpoint as NonNullable<SpecStep["checkpoint"]>;
  const script = base.script as NonNullable<SpecStep["script"]>;
  const { checkpoint: _none, ...unchecked } = base;

  test("are 32 hex digits", () => {
    expect(stepFingerprint(base)).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string, SpecStep]>([
    ["name", { ...base, name: "B" }],
    ["rollback", { ...base, checkpoint: { ...checkpoint, rollback: "z\n" } }],
    ["irreversible", { ...base, checkpoint: { ...checkpoint, irreversible: true } }],
    ["order of its keys", { ...base, script: { errexit: true, text: "x\n", interpreter: ["sh"] } }],
  ])("do not change with its %s", (_, step) => {
    expect(stepFingerprint(step)).toBe(stepFingerprint(base));
  });

  test.each<[string, SpecStep]>([
    ["action", { ...base, action: "verify" }],
    ["script", { ...base, script: { ...script, text: "z\n" } }],
    ["interpreter", { ...base, script: { ...script, interpreter: ["bash"] } }],
    ["errexit", { ...base, script: { ...script, errexit: false } }],
    ["state files", { ...base, checkpoint: { ...checkpoint, stateFiles: [] } }],
    ["atomic", { ...base, checkpoint: { ...checkpoint, atomic: true } }],
    ["snapshot", { ...base, checkpoint: { ...checkpoint, snapshot: false } }],
    ["checkpoint", unchecked],
    ["verification", { ...base, verification: [{ cmd: "v", expect: "w" }] }],
    ["dependencies", { ...base, dependsOn: [] }],
  ])("change with its %s", (_, step) => {
    expect(stepFingerprint(step)).not.toBe(stepFingerprint(base));
  });

  test("are over JSON with sorted keys", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "\u00e9" })).toBe('{"a":"\u00e9","b":[{"c":null,"d":1}]}');
  });
});

describe("a plan", () => {
  const planOf = (text: string): Plan => {
    const tree = parse(sourceOf(text));
    return plan(validate(tree), tree);
  };

  test("numbers the steps in execution order", () => {
    const { steps } = planOf(HEAD + stepToml("z", 'depends_on = ["a.b"]') + stepToml("a.b"));
    expect(steps.map(({ ordinal, id, symbol }) => [ordinal, id, symbol])).toEqual([
      [1, "a.b", "a_b"],
      [2, "z", "z"],
    ]);
  });

  test("is bound to the bytes of its file, a byte order mark among them", () => {
    const text = `\uFEFF${HEAD}${stepToml("a")}`;
    expect(planOf(text).sourceSha256).toBe(sha256(text));
  });

  test("has another fingerprint for another version or step, not for another name", () => {
    const text = HEAD + stepToml("a");
    const same = planOf(text.replace("Step a", "Another name")).fingerprint;
    const others = [text.replace('"1.0"', '"1.1"'), text.replace("echo a", "echo b"), text + stepToml("b")];
    const { fingerprint } = planOf(text);
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(same).toBe(fingerprint);
    for (const other of others) expect(planOf(other).fingerprint).not.toBe(fingerprint);
  });

  test("leaves the spec's steps as they are", () => {
    const [step] = specOf(HEAD + stepToml("a")).steps;
    expect(planOf(HEAD + stepToml("a")).steps[0]).toMatchObject(step as SpecStep);
  });
});
