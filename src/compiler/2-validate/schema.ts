import * as z from "zod";
import { machineNames } from "../requirements.js";
import { conditions } from "./condition-schema.js";

/**
 * The shape of an installer.toml: which keys there are, and of which type.
 * What a value must be beyond its type, the check-*.ts files say. A key that
 * the language has and this schema lacks is listed in unsupported.ts.
 */

const verificationCommand = z.strictObject({
  cmd: z.string(),
  expect: z.string().optional(),
});

const script = z.strictObject({
  interpreter: z.string().optional(),
  content: z.string().optional(),
  file: z.string().optional(),
  errexit: z.boolean().optional(),
});

const checkpoint = z.strictObject({
  enabled: z.boolean().optional(),
  rollback: z.string().optional(),
  state_files: z.array(z.string()).optional(),
  atomic: z.boolean().optional(),
  snapshot: z.boolean().optional(),
  irreversible: z.boolean().optional(),
});

const verification = z.strictObject({
  commands: z.array(verificationCommand),
});

const duration = z.string().describe('a duration, as in "30s"');

const retry = z.strictObject({
  count: z.number().describe("a whole number").optional(),
  delay: duration.optional(),
  backoff: z.enum(["constant", "linear", "exponential"]).optional(),
  jitter: z.union([z.boolean(), z.string()]).describe("true, false or a percentage").optional(),
});

const timing = z.strictObject({
  timeout: duration.optional(),
  retry: retry.optional(),
});

const onFailure = z.strictObject({
  action: z.enum(["stop", "continue", "abort", "retry"]).optional(),
  message: z.string().optional(),
  preserve_state: z.boolean().optional(),
});
const variable = z.union([
  z.string(),
  z.strictObject({
    default: z.string().optional(),
    from_env: z.union([z.boolean(), z.string(), z.array(z.string())]).optional(),
    required: z.boolean().optional(),
    validate: z.string().optional(),
    secret: z.boolean().optional(),
  }),
]);

const environment = z.record(z.string(), variable);

const step = z.strictObject({
  id: z.string(),
  name: z.string(),
  action: z.enum([
    "script",
    "verify",
    "file-write",
    "directory",
    "symlink",
    "line-in-file",
    "block-in-file",
  ]),
  depends_on: z.array(z.string()).optional(),
  path: z.string().optional(),
  content: z.string().optional(),
  source: z.string().optional(),
  mode: z.string().optional(),
  owner: z.string().optional(),
  target: z.string().optional(),
  line: z.string().optional(),
  comment: z.string().optional(),
  when: z.string().optional(),
  unless: z.string().optional(),
  preconditions: conditions.optional(),
  postconditions: conditions.optional(),
  script: script.optional(),
  checkpoint: checkpoint.optional(),
  verification: verification.optional(),
  timing: timing.optional(),
  retry: retry.optional(),
  on_failure: onFailure.optional(),
  environment: environment.optional(),
  exports: z.array(z.string()).optional(),
});

const requirements = z.strictObject({
  os: z.array(z.string()).optional(),
  arch: z.array(z.enum(machineNames)).optional(),
  privileges: z.enum(["user", "root"]).optional(),
  network: z.boolean().optional(),
  commands: z.array(z.string()).optional(),
  disk_space: z.string().optional(),
});

const installer = z.strictObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  author: z.string().optional(),
  homepage: z.string().optional(),
  license: z.string().optional(),
  requirements: requirements.optional(),
  environment: environment.optional(),
});

export const installerToml = z.strictObject({
  installer,
  step: z.array(step),
});

export type InstallerToml = z.infer<typeof installerToml>;
export type VariableToml = z.infer<typeof variable>;
export type StepToml = z.infer<typeof step>;

/** What is left of a file when all that has a wrong shape is taken out. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;
