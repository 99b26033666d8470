import * as z from "zod";

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
  action: z.enum(["script", "verify"]),
  depends_on: z.array(z.string()).optional(),
  script: script.optional(),
  checkpoint: checkpoint.optional(),
  verification: verification.optional(),
  environment: environment.optional(),
  exports: z.array(z.string()).optional(),
});

const installer = z.strictObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  author: z.string().optional(),
  homepage: z.string().optional(),
  license: z.string().optional(),
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
