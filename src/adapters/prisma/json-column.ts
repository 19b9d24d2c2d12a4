import type { JsonValue } from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";

/**
 * What PostgreSQL's jsonb does not take although it is JSON: U+0000 and halves of surrogate pairs
 * (`JSON.stringify` escapes both). Such values, and null, are stored as their text.
 */
const refused = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;
const TEXT = "$json";

/** A JSON value as both databases store it exactly. */
export function toJsonColumn(value: JsonValue): Prisma.InputJsonValue {
  const text = JSON.stringify(value);
  const wrapped = value === null || refused.test(text) || isWrapped(value);
  return (wrapped ? { [TEXT]: text } : value) as Prisma.InputJsonValue;
}

/** The value that `toJsonColumn` stored. */
export function fromJsonColumn(stored: Prisma.JsonValue): JsonValue {
  return isWrapped(stored) ? JSON.parse(stored[TEXT]) : (stored as JsonValue);
}

function isWrapped(value: unknown): value is { [TEXT]: string } {
  return typeof value === "object" && value !== null && TEXT in value;
}
