import { describe, expect, test } from "vitest";
import { parse } from "../../../../src/compiler/1-parse/parse.js";
import { validate } from "../../../../src/compiler/2-validate/validate.js";
import { plan } from "../../../../src/compiler/3-plan/plan-steps.js";
import type { Script } from "../../../../src/compiler/4-render/script.js";
import { check } from "../../../../src/compiler/5-check/check.js";
import { parseFault, SyntaxChecker } from "../../../../src/compiler/5-check/shell-syntax.js";
import { findTool } from "../../../setup/tools.js";
import { caught, HEAD, marks, sourceOf, stepToml } from "../../helpers.js";

const BANNER = "# ##### the machinery\n";

/** Checks a plain rendering: a function a step, and what a test adds to the runtime. */
function checked(toml: string, more = "", change = (script: Script): Script => script): Script {
  const tree = parse(sourceOf(toml));
  const steps = plan(validate(tree), tree);
  const functions = steps.steps.map(
    ({ symbol, script }) => `step_${symbol}() {\n${script?.text ?? ":\n"}}\n`,
  );
  const body = functions.join("") + BANNER + more;
  const text = `#!/bin/sh\ncat <<'WAYMARK_BODY'\n${body}WAYMARK_BODY\n`;
  return check(change({ plan: steps, text, body, calls: [] }), tree);
}

const script = (text: string): string => HEAD + stepToml("a").replace('"echo a"', `'''\n${text}\n'''`);

const faults = (toml: string): string[] =>
  marks(
    caught(() => {
      checked(toml);
      return [];
    }),
  );

describe("an author's text", () => {
  test.each([
    ["does not parse", "echo a\nif b; then", "WM0501 13:1"],
    ["closes its function and opens another", "}\nb() {", "WM0501 12:1"],
    ["closes a loop and opens another", "done\nwhile :; do", "WM0501 12:1"],
    ["leaves a here-document open", "cat <<E\nb", "WM0502 13:1"],
    ["goes on at its end", "echo \\", "WM0502 12:1"],
    ["leaves a quote open", "echo 'b", "WM0501 12:1"],
  ])("that %s is reported where it stands", (_, text, mark) => {
    expect(faults(script(text))).toEqual([mark]);
  });

  test("is not made whole by the next one", () => {
    const open = stepToml("a").replace('"echo a"', "'''\ncat <<E\nx\n'''");
    const closing = stepToml("b").replace('"echo b"', "'''\ncat <<E\nx\nE\n'''");
    expect(faults(HEAD + open + closing)).toEqual(["WM0502 13:1"]);
    const quote = (id: string): string => stepToml(id).replace(`"echo ${id}"`, `"echo '"`);
    expect(faults(HEAD + quote("a") + quote("b"))).toEqual(["WM0501 11:11", "WM0501 20:11"]);
  });

  test("is found among many", () => {
    const steps = Array.from({ length: 100 }, (_, index) => stepToml(`s${index}`));
    steps[57] = stepToml("bad").replace('"echo bad"', '"echo )"');
    expect(faults(HEAD + steps.join(""))).toEqual(["WM0501 524:11"]);
  });

  test("may call what it likes, and hold words of the runtime", () => {
    const text = `rt_mine() { rt_other; }\nrt_mine\ncat <<'E'\n${BANNER}rt_other\nE`;
    expect(() => checked(script(text))).not.toThrow();
  });
});

describe("the emitted script", () => {
  const good = HEAD + stepToml("a");

  test("must parse itself, and that is waymark's fault", () => {
    expect(() => checked(good, "if\n")).toThrow(/^the emitted script does not parse: line 6: /);
  });

  test.each([
    ["rt_x() {\n:\n}\nrt_x() {\n:\n}\n", "the runtime defines rt_x twice"],
    ["rt_x\n", "the runtime calls rt_x, which the script does not define"],
    ["if :; then rt_x; fi\n", "the runtime calls rt_x, which the script does not define"],
    ["trap 'rt_x 1' INT\n", "the runtime calls rt_x, which the script does not define"],
    ['x="$(rt_x)"\n', "the runtime calls rt_x, which the script does not define"],
    [":\n: && rt_x\n", "the runtime calls rt_x, which the script does not define"],
    [": ||\\\n  rt_x\n", "the runtime calls rt_x, which the script does not define"],
  ])("%j is refused", (more, message) => {
    expect(() => checked(good, more)).toThrow(message);
  });

  test.each([
    "rt_x() {\n:\n}\nrt_x\n",
    "rt_x=1\necho \"$rt_x\" ${rt_x} $((rt_x + 1))\n",
    "# rt_x is no call\n",
    "read -r \\\n  rt_x\n",
    "unset rt_x\n",
  ])("%j is not", (more) => {
    expect(() => checked(good, more)).not.toThrow();
  });

  test("must hold the runtime, and all that its steps call", () => {
    const bare = (one: Script): Script => {
      const body = one.body.replace(BANNER, "");
      return { ...one, body, text: one.text.replace(one.body, body) };
    };
    expect(() => checked(good, "", bare)).toThrow("has no runtime");
    const verified = `${good}[step.verification]\ncommands = [{ cmd = ":" }]\n`;
    expect(() => checked(verified)).toThrow("a step calls rt_verify");
    expect(() => checked(verified, "rt_verify() {\n:\n}\n")).not.toThrow();
    const foreign = good.replace("content", 'interpreter = "cat"\ncontent');
    expect(() => checked(foreign)).toThrow("a step calls rt_interpret");
  });

  test("must carry its body whole", () => {
    expect(() => checked(good, "cat <<'X'\nWAYMARK_BODY\nX\n")).toThrow("WAYMARK_BODY");
    expect(() => checked(good, "", (one) => ({ ...one, body: `${one.body}:\n` }))).toThrow("carry its body");
    expect(() => checked(good, "", (one) => ({ ...one, text: one.body }))).toThrow("here-document");
  });
});

describe("what a shell says", () => {
  test.each([
    [': 2: Syntax error: "}" unexpected', 2, '"}" unexpected'],
    [": line 7: syntax error near unexpected token `}'\n: line 7: `}'", 7, "near unexpected token `}'"],
    [': line 3: syntax error: unexpected "fi"', 3, 'unexpected "fi"'],
    ["E: [4]: syntax error: unexpected 'fi'", 4, "unexpected 'fi'"],
    [": syntax error at line 5: `fi' unexpected", 5, "`fi' unexpected"],
    [":6: syntax error: `fi' is missing", 6, "`fi' is missing"],
    [":8: parse error near `fi'", 8, "near `fi'"],
    [": line 9: warning: x\n: line 10: syntax error: unexpected end of file", 10, "unexpected end of file"],
    ["", 1, "syntax error"],
  ])("%j", (stderr, line, reason) => {
    expect(parseFault(stderr)).toEqual({ line, reason });
  });

  test.each(["dash", "bash", "mksh", "ksh93", "yash"].filter((shell) => findTool(shell)))(
    "in %s is understood",
    (shell) => {
      const checker = new SyntaxChecker(shell);
      try {
        expect(checker.fault("echo a\n")).toBeUndefined();
        const fault = checker.fault("echo a\necho b\nfi\n");
        // One shell counts from where the command began.
        expect(fault?.line).toBeGreaterThanOrEqual(2);
        expect(fault?.reason).toContain("fi");
        const texts = ["echo a\n", "}\nf() {\n", "x='\n", "# only\n:\n", "cat <<E\n", "cat <<E\nE\n", "a \\\n"];
        expect(checker.rejected(texts)).toEqual([1, 2, 4, 6]);
      } finally {
        checker.close();
      }
    },
  );

  test("that is not there is said", () => {
    const checker = new SyntaxChecker("no-such-shell");
    try {
      expect(() => checker.fault(":\n")).toThrow("there is no no-such-shell here");
    } finally {
      checker.close();
    }
  });
});
