import { z } from "zod";
import { UploadError } from "../core/errors.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * An id. A string that is no UUID is nobody's id, so it is NOT_FOUND and no malformed input. Lower
 * case comes out: RFC 9562 reads UUIDs without case, records hold them in lower case.
 */
export const uuid = z.string().transform((text) => {
  if (!isUuid(text)) throw new UploadError("NOT_FOUND");
  return text.toLowerCase();
});

/** A string of at most `max` UTF-16 units without NUL, which PostgreSQL cannot even compare. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes("\0"), "must not contain NUL");

/** Bytes: an integer from 0 to 2^53 - 1, the largest that zod's `int` lets pass. */
export const byteCount = z.int().min(0);

/** Items on a page. */
export const pageLimit = z.int().min(1).max(100).default(50);

/** What the previous page gave as `nextCursor`. */
export const cursor = text(1_024);
