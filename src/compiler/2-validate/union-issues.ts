import * as z from "zod";

type Issue = z.core.$ZodIssue;

/**
 * A value that fits none of several shapes is at fault in a part of it, where
 * one of the shapes is of its kind: then that part is what is reported.
 */
export function unfolded(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const inner = issue.errors.find((errors) => !errors.some(isOfAnotherKind));
  if (inner === undefined) return [issue];
  return inner
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue)
    .flatMap(unfolded);
}

function isOfAnotherKind({ code, path }: Issue): boolean {
  return code === "invalid_type" && path.length === 0;
}

/** Which of several shapes has parts of this kind: a list's, or a table's. */
export function optionAt(union: z.ZodUnion, part: string | number): unknown {
  const list = typeof part === "number";
  return union.options.find((one) =>
    list ? one instanceof z.ZodArray : one instanceof z.ZodObject || one instanceof z.ZodRecord,
  );
}
