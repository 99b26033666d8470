// A variable's value: where it is from, and whether all of it matches.
import { expect, it } from "vitest";
import { MATCHES } from "./expressions.js";
import { Bench, inEachShell, sh } from "./harness.js";
import { TEXTS } from "./nasty.js";

/** As rt_variables_main leaves them, for one variable with nothing kept. */
const STATE = `rt_n=0 rt_wrong=0 rt_changed='' rt_sets=' ' rt_use=none
rt_kind_1='' rt_kept_1=''
`;

const SHOW = 'put "$rt_value_1" && put "$rt_source_1" && put "$rt_wrong"';

inEachShell("variables-choose", (shell) => {
  it("rt_variables_match matches what the compiler says that it does", async () => {
    const lines = MATCHES.map(
      ([expression, value]) =>
        `if rt_variables_match ${sh(value)} ${sh(expression)}; then put true; else put false; fi`,
    );
    const found = await new Bench(shell).values(["variables-choose"], lines.join("\n"));
    const told = MATCHES.map(([expression, value], i) => [expression, value, found[i] === "true"]);
    expect(told).toEqual(MATCHES);
  });

  it("goes by --set, what is kept, the environment, and the default", async () => {
    const bench = new Bench(shell);
    const line = "rt_variables_choose 0 - NAME d default '' ONE TWO";
    const values = async (lines: string, env = {}): Promise<readonly string[]> =>
      bench.values(["variables-choose"], `${STATE}${lines}\n${line}\n${SHOW}`, { env });
    const kept = "rt_kind_1=g rt_kept_1=kept";
    expect(await values("")).toEqual(["default", "default", "0"]);
    expect(await values("", { ONE: "", TWO: "two" })).toEqual(["two", "from TWO", "0"]);
    expect(await values(`${kept} rt_use=all`, { ONE: "one" })).toEqual(["kept", "kept", "0"]);
    expect(await values(`${kept} rt_use=given`)).toEqual(["kept", "kept", "0"]);
    expect(await values("rt_kind_1=d rt_kept_1=kept rt_use=given")).toEqual(["default", "default", "0"]);
    expect(await values(`${kept} rt_use=all rt_sets=' NAME ' rt_set_NAME=`)).toEqual(["", "--set", "0"]);
  });

  it("takes any text for a value", async () => {
    const texts = Object.values(TEXTS).filter((text) => text !== "");
    const lines = texts.map(
      (text) => `${STATE}rt_sets=' NAME ' rt_set_NAME=${sh(text)}
rt_variables_choose 0 - NAME - '' ''\nput "$rt_value_1"`,
    );
    expect(await new Bench(shell).values(["variables-choose"], lines.join("\n"))).toEqual(texts);
  });
});
