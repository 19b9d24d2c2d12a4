import { z } from "zod";
import type { InputIssues } from "../../wire/schemas.ts";

/** The issues of an input in our own words: zod's messages name its internal types. */
export function inputIssues(error: z.ZodError): InputIssues {
  return z.flattenError(error, describe);
}

const kinds: { readonly [expected: string]: string } = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  date: "a date",
};

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? "of another type"}`;
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    // The messages of our own rules.
    case "custom":
      return issue.message;
    default:
      return "is not valid";
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}
