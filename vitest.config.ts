import { defineConfig } from "vitest/config";

/** One kind of test: its folder, and how long one of its tests may take. */
function kind(name: string, seconds: number) {
  return {
    test: {
      name,
      pool: "forks" as const,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: seconds * 1000,
      hookTimeout: seconds * 1000,
    },
  };
}

export default defineConfig({
  test: {
    // Most tests wait for processes: one more than a small machine has cores.
    maxWorkers: 3,
    globalSetup: ["test/setup/build.ts"],
    projects: [
      kind("unit", 30),
      kind("golden", 60),
      kind("lint", 120),
      kind("runtime", 120),
      kind("behaviour", 120),
      kind("fuzz", 600),
    ],
  },
});
