import { type ByteRange, MAX_SIZE } from "../core/ranges.ts";
import type { ChunkPosition } from "../core/requests.ts";

/** Replaces every number above `MAX_SIZE`: an exact double that exceeds any limit. */
const BEYOND_SIZE = MAX_SIZE + 1;
/** An exact double greater than `BEYOND_SIZE`: an end that exceeds such a total. */
const BEYOND_TOTAL = MAX_SIZE + 3;

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i;

/**
 * Parses `Content-Range: bytes START-END/TOTAL` (RFC 9110, section 14.4; END is inclusive, TOTAL is
 * `*` if unknown). Null when it is missing or malformed. Accepts integers of any length. Those above
 * 2^53 - 1 are replaced by exact numbers above it. END stays greater than TOTAL where it was, so that
 * the checks for CHUNK_EXCEEDS_TOTAL and TOO_LARGE have the correct result.
 */
export function parseContentRange(header: string | null): ChunkPosition | null {
  const match = CONTENT_RANGE.exec(header ?? "");
  if (match === null) return null;
  const [, start = "", last = "", total = ""] = match;
  const size = total === "*" ? null : BigInt(total);
  const end = BigInt(last) + 1n;
  return {
    start: clamp(BigInt(start), BEYOND_SIZE),
    end: clamp(end, size !== null && end > size ? BEYOND_TOTAL : BEYOND_SIZE),
    total: size === null ? null : clamp(size, BEYOND_SIZE),
  };
}

/** Formats `Content-Range` for `range` (end exclusive). `total` in bytes; null: unknown. */
export function formatContentRange(range: ByteRange, total: number | null): string {
  return `bytes ${range.start}-${range.end - 1}/${total ?? "*"}`;
}

/** Formats `Content-Range` for a 416 response (RFC 9110, section 14.4). */
export function formatUnsatisfiedRange(total: number): string {
  return `bytes */${total}`;
}

/**
 * Parses a number of bytes, such as `Content-Length`; null when it is missing or malformed. Numbers
 * above 2^53 - 1 are replaced by one that exceeds any limit.
 */
export function parseByteCount(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? clamp(BigInt(header), BEYOND_SIZE) : null;
}

function clamp(value: bigint, replacement: number): number {
  return value <= MAX_SIZE ? Number(value) : replacement;
}
