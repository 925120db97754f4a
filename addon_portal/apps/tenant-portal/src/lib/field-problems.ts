/** What was found wrong with a few fields, to be told beside them. Pure. */
import { problemOf, problemText } from "@/lib/api";

/** Sentences by field, and the error where it says more than they do. */
export function atFields<Name extends string>(error: unknown, fields: readonly Name[]) {
  const errors: Partial<Record<Name, string>> = {};
  if (!error) return { errors, rest: null };
  const { problems, code, detail } = problemOf(error);
  const told = problems ?? [];
  for (const problem of told) {
    const name = fields.find((each) => each === problem.field);
    if (name) errors[name] ??= problemText(problem);
  }
  const named = fields.find((each) => each === "name");
  if (code === "name_taken" && named) return { errors: { ...errors, [named]: detail }, rest: null };
  const areAllPlaced = told.length > 0 && told.every(({ field }) => fields.some((each) => each === field));
  return { errors, rest: areAllPlaced ? null : error };
}
