import { z } from "zod";
import { UploadError } from "../core/errors.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * An id, converted to lower case as in records (RFC 9562: UUIDs are case-insensitive). Any other
 * string throws NOT_FOUND instead of INVALID_INPUT, since no upload has such an id.
 */
export const uuid = z.string().transform((text) => {
  if (!isUuid(text)) throw new UploadError("NOT_FOUND");
  return text.toLowerCase();
});

/** A string of at most `max` UTF-16 units without NUL, which PostgreSQL rejects in any text value. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes("\0"), "must not contain NUL");

/** A number of bytes: an integer from 0 to 2^53 - 1, the maximum of zod's `int`. */
export const byteCount = z.int().min(0);

/** Maximum number of items on a page. */
export const pageLimit = z.int().min(1).max(100).default(50);

/** The `nextCursor` of the previous page. */
export const cursor = text(1_024);
