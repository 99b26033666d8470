// Which shells the behaviour tests ran in: the skipped ones are named here.
import { expect, it } from "vitest";
import { shells, skippedShells } from "../setup/shells.js";

it("there is a shell to run the tests in", () => {
  expect(shells.length).toBeGreaterThan(0);
});

for (const { name } of skippedShells) it.skip(`${name}: not on this machine`);
