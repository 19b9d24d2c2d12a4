import { UploadError } from "../errors.ts";
import type { Profile } from "../profiles.ts";
import type { SchemaIssue } from "../standard-schema.ts";
import type { JsonValue } from "../upload.ts";
import { findJsonProblem, MAX_DEPTH } from "./json-values.ts";

const MAX_BYTES = 8 * 1024;
const keyPattern = /^[A-Za-z0-9_.-]{1,64}$/;
/** superjson refuses to serialise these, and one of them would fail a whole batch of responses. */
const forbidden = new Set(["constructor", "prototype", "__proto__"]);

export function isMetadataKey(key: string): boolean {
  return keyPattern.test(key) && !forbidden.has(key);
}

/**
 * The metadata as the profile's schema takes it; without a schema, any strings. REJECTED when keys,
 * size or schema refuse it.
 */
export async function readMetadata(
  profile: Profile,
  given: { readonly [key: string]: JsonValue } = {},
): Promise<{ readonly [key: string]: JsonValue }> {
  checkShape(given);
  if (profile.metadata === undefined) {
    const bad = Object.entries(given).find(([, value]) => typeof value !== "string");
    if (bad) throw refuse("Metadata values are strings.", { key: bad[0] });
    return { ...given };
  }
  const result = await profile.metadata["~standard"].validate(given);
  if (result.issues)
    throw refuse("The metadata does not fit the profile.", {
      issues: result.issues.map(plainIssue),
    });
  const taken: unknown = toJson(result.value);
  if (typeof taken !== "object" || taken === null || Array.isArray(taken)) return {};
  checkShape(taken as Record<string, JsonValue>);
  return taken as Record<string, JsonValue>;
}

function checkShape(metadata: { readonly [key: string]: JsonValue }): void {
  for (const key of Object.keys(metadata)) {
    if (!isMetadataKey(key))
      throw refuse("A metadata key is not allowed.", { key: key.slice(0, 100) });
  }
  requireJson(metadata);
  const text = JSON.stringify(metadata, (key, value: JsonValue) => {
    if (forbidden.has(key)) throw refuse("A metadata key is not allowed.", { key });
    return value;
  });
  if (new TextEncoder().encode(text).length > MAX_BYTES) {
    throw tooLarge();
  }
}

/** Metadata travels and is stored as JSON: what JSON cannot carry is named by its path, not dropped. */
function requireJson(metadata: object): void {
  // A value takes two bytes of JSON at least: one and a comma.
  const problem = findJsonProblem(metadata, MAX_BYTES);
  if (problem === null) return;
  if (problem === "too deep")
    throw refuse("The metadata is nested too deeply.", { depth: MAX_DEPTH });
  if (problem === "too many values") throw tooLarge();
  const path = problem.path.slice(0, 200);
  const message = `metadata.${path} is of type ${problem.found}; metadata holds JSON values only.`;
  throw refuse(message, { path, found: problem.found });
}

function tooLarge(): UploadError {
  return refuse("The metadata is too large.", { limit: MAX_BYTES });
}

/** The result of a profile's schema as it is stored. */
function toJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value ?? {}));
  } catch {
    throw refuse("The profile's schema returns a value that JSON cannot represent.", {});
  }
}

function refuse(message: string, details: Record<string, unknown>): UploadError {
  return new UploadError("REJECTED", { message, details: { field: "metadata", ...details } });
}

function plainIssue(issue: SchemaIssue): { path: string; message: string } {
  const steps = (issue.path ?? []).map((step) =>
    String(typeof step === "object" ? step.key : step),
  );
  return { path: steps.join("."), message: issue.message };
}
