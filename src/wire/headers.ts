import { type ByteRange, MAX_SIZE } from "../core/ranges.ts";
import type { ChunkPosition } from "../core/requests.ts";

/** Every total above the largest size is this one: an exact number that no limit allows. */
const BEYOND_SIZE = MAX_SIZE + 1;
/** An end above `BEYOND_SIZE` that is an exact number too. */
const BEYOND_TOTAL = MAX_SIZE + 3;

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i;

/**
 * Reads `Content-Range: bytes START-END/TOTAL` (RFC 9110, section 14.4; END inclusive, TOTAL `*` for
 * unknown). Null when it is missing or malformed. Integers of any length are taken: those beyond
 * 2^53 - 1 come out as exact numbers beyond it, in the same order to each other where a check
 * depends on it, so that whoever checks answers CHUNK_EXCEEDS_TOTAL or TOO_LARGE.
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

/** `Content-Range` of `range` (its end exclusive) in a whole of `total` bytes; null for unknown. */
export function formatContentRange(range: ByteRange, total: number | null): string {
  return `bytes ${range.start}-${range.end - 1}/${total ?? "*"}`;
}

/** `Content-Range` of a 416 answer (RFC 9110, section 14.4). */
export function formatUnsatisfiedRange(total: number): string {
  return `bytes */${total}`;
}

/**
 * Reads a count of bytes, such as `Content-Length`; null when it is missing or no number. Counts
 * beyond 2^53 - 1 come out as one that no limit allows.
 */
export function parseByteCount(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? clamp(BigInt(header), BEYOND_SIZE) : null;
}

function clamp(value: bigint, most: number): number {
  return value <= MAX_SIZE ? Number(value) : most;
}
