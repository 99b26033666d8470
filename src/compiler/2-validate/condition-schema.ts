import * as z from "zod";

/** The shape of `[step.preconditions]` and `[step.postconditions]`. */

const oneOrMore = <T extends z.ZodType>(one: T): z.ZodUnion<[T, z.ZodArray<T>]> =>
  z.union([one, z.array(one)]);

const membership = z.strictObject({ user: z.string(), group: z.string() });

/** Both tables have the same keys: the wild knows each in one of them alone. */
export const conditions = z.strictObject({
  file_exists: oneOrMore(z.string()).optional(),
  file_mode: oneOrMore(z.string()).optional(),
  command_succeeds: oneOrMore(z.string()).optional(),
  env_matches: z.record(z.string(), z.string()).optional(),
  packages_absent: oneOrMore(z.string()).optional(),
  service_active: oneOrMore(z.string()).optional(),
  user_in_group: oneOrMore(membership).optional(),
});

export type ConditionsToml = z.infer<typeof conditions>;
