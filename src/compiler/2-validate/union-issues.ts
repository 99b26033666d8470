import type * as z from "zod";

type Issue = z.core.$ZodIssue;

/**
 * A value that can be of several shapes and is wrong in all of them: where it
 * is plain which one was meant, what is wrong with it there; else the issue
 * itself, which is about the value as a whole.
 */
export function unionIssues(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.filter((branch) => branch.every(({ path, code }) => path.length > 0 || code !== "invalid_type"));
  if (meant.length !== 1) return [issue];
  return (meant[0] ?? []).flatMap((inner) =>
    unionIssues({ ...inner, path: [...issue.path, ...inner.path] }),
  );
}
