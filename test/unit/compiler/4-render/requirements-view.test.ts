// What of the requirements a script carries, and where its reader meets it.
import { describe, expect, test } from "vitest";
import { compile } from "../../../../src/compiler/compile.js";
import { HEAD, sourceOf, stepToml } from "../../helpers.js";

function scriptOf(...keys: string[]): { readonly text: string; readonly body: string } {
  const table = keys.length === 0 ? "" : `[installer.requirements]\n${keys.join("\n")}\n`;
  return compile(sourceOf(HEAD + table + stepToml("a")));
}

/** The modules of requirements that a body has, each by one of its functions. */
function carried({ body }: { readonly body: string }): string[] {
  const signs = ["rt_require_all", "rt_require_fits", "rt_require_routes", "rt_require_room"];
  return signs.filter((name) => body.includes(`\n${name}() {`));
}

test("a script without them has an empty list, and none of their functions", () => {
  for (const script of [scriptOf(), scriptOf('privileges = "user"', "network = false")]) {
    expect(script.body).toContain("\nRT_PREFLIGHT=\n");
    expect(script.body).not.toMatch(/rt_require|waymark_requirements/);
    expect(script.text).not.toContain("# It requires");
  }
});

test.each([
  ['os = ["alpine"]', "rt_require_fits"],
  ["network = true", "rt_require_routes"],
  ['disk_space = "1MB"', "rt_require_room"],
])("%s brings its own module alone", (key, sign) => {
  expect(carried(scriptOf(key))).toEqual(["rt_require_all", sign]);
});

test.each(['arch = ["amd64"]', 'privileges = "root"', 'commands = ["curl"]'])("%s needs no other module", (key) => {
  expect(carried(scriptOf(key))).toEqual(["rt_require_all"]);
});

describe("all of them", () => {
  const keys = ['os = ["ubuntu >= 20.04", "alpine"]', 'arch = ["amd64"]', 'privileges = "root"', "network = true"];
  const script = scriptOf(...keys, 'commands = ["g++", "tar", "jq"]', 'disk_space = "1.5GB"');

  test("stand in the comment that a reader meets first", () => {
    const head = script.text.slice(0, script.text.indexOf("# Look first:"));
    const lines = head.slice(head.indexOf("# It requires")).match(/^#   .*$/gm);
    expect(lines).toEqual([
      "#   os: ubuntu >= 20.04 or alpine",
      "#   arch: x86_64",
      "#   privileges: root",
      "#   network",
      "#   commands: g++, tar and jq",
      "#   disk space: 1.5GB",
    ]);
  });

  test("are calls in one function, each word minted", () => {
    expect(script.body).toContain(`RT_PREFLIGHT=rt_require_all\n`);
    expect(script.body).toContain(`waymark_requirements() {
	rt_require_os 'ubuntu >= 20.04' alpine
	rt_require_arch x86_64
	rt_require_privileges root
	rt_require_network
	rt_require_commands g++ tar jq
	rt_require_disk 1464844 1.5GB
}
`);
  });
});

test("they are no part of a fingerprint", () => {
  const fingerprint = (body: string): string => /\nRT_FINGERPRINT=(\w+)/.exec(body)?.[1] ?? "";
  expect(fingerprint(scriptOf('os = ["alpine"]').body)).toBe(fingerprint(scriptOf().body));
});
