/**
 * The keys and values of the language that this version does not have yet, by
 * the table they stand in. They are errors: to ignore one would change what an
 * installer does. Whoever builds one takes it out here and into schema.ts.
 */
export const unsupportedKeys: Readonly<Record<string, readonly string[]>> = {
  "": ["artifact"],
  installer: [
    "jobs",
    "security",
    "hermetic",
    "test_matrix",
  ],
  step: [
    "packages",
    "user",
    "group",
    "privileges",
    "parallel_group",
    "recovery",
    "uses_artifacts",
    "constraints",
  ],
};

export const unsupportedActions: readonly string[] = [
  "apt-install",
  "apt-remove",
  "user-group",
  "user-add-to-group",
];

/** Keys that exist elsewhere and mean nothing in a standalone script. */
export const meaninglessKeys: Readonly<Record<string, readonly string[]>> = {
  installer: ["distributed", "golden_traces"],
  step: ["progress"],
  "step.on_failure": ["notify"],
};
