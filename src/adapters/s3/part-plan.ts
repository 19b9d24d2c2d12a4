import { UploadError } from "../../core/errors.ts";
import type { ByteRange } from "../../core/ranges.ts";

/** What a service allows. Bytes and counts; the defaults are those of Amazon S3. */
export interface PartLimits {
  readonly maxPartBytes: number;
  readonly maxParts: number;
  readonly maxObjectBytes: number;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const amazonLimits: PartLimits = {
  maxPartBytes: 5 * 2 ** 30,
  maxParts: 10_000,
  maxObjectBytes: 5 * 2 ** 40,
};

/** The size of the first parts, and the most that a writer sends in one request. Bytes. */
export const BLOCK_BYTES = 8 * 2 ** 20;
const MIB = 2 ** 20;
/** So many parts have the same size where sizes grow; then the size doubles. */
const GROWS_EVERY = 1_000;

/**
 * How an upload is cut into parts. `bytes` is the size of the first ones; with `growsEvery` the size
 * doubles after so many parts, without it all have one size. The last part may be shorter.
 */
export interface PartPlan {
  readonly bytes: number;
  readonly growsEvery: number | null;
}

/** A part: its number, from 1, and the bytes that it covers. */
export interface Part extends ByteRange {
  readonly number: number;
}

/**
 * The plan for an upload of `size` bytes; null for a length that is not known yet. Throws TOO_LARGE
 * for a size that does not fit into one object.
 */
export function planParts(
  size: number | null,
  { limits, equalParts }: { limits: PartLimits; equalParts: boolean },
): PartPlan {
  if (size === null) return { bytes: BLOCK_BYTES, growsEvery: equalParts ? null : GROWS_EVERY };
  const needed = Math.ceil(size / limits.maxParts / MIB) * MIB;
  const bytes = Math.max(BLOCK_BYTES, needed);
  const most = Math.min(limits.maxObjectBytes, limits.maxPartBytes * limits.maxParts);
  if (size > most || bytes > limits.maxPartBytes) throw tooLarge(most);
  return { bytes, growsEvery: null };
}

/** The most bytes that the parts of a plan hold. */
export function mostBytes({ bytes, growsEvery }: PartPlan, limits: PartLimits): number {
  let total = 0;
  let size = bytes;
  for (let left = limits.maxParts; left > 0 && total < limits.maxObjectBytes; ) {
    const count = Math.min(left, growsEvery ?? left);
    total += count * Math.min(size, limits.maxPartBytes);
    left -= count;
    size *= 2;
  }
  return Math.min(total, limits.maxObjectBytes);
}

/** The part that holds the byte at `position`, as long as a full part is. */
export function partAt({ bytes, growsEvery }: PartPlan, position: number): Part {
  let first = 1;
  let start = 0;
  let size = bytes;
  while (growsEvery !== null && position >= start + size * growsEvery) {
    start += size * growsEvery;
    first += growsEvery;
    size *= 2;
  }
  const index = Math.floor((position - start) / size);
  return { number: first + index, start: start + index * size, end: start + (index + 1) * size };
}

/** As `partAt`; the last part ends with the upload, where its size is known. */
export function partOf(plan: PartPlan, position: number, size: number | null): Part {
  const part = partAt(plan, position);
  return size !== null && position < size && size < part.end ? { ...part, end: size } : part;
}

/** The range of part `number`. */
export function partNumbered({ bytes, growsEvery }: PartPlan, number: number): Part {
  let first = 1;
  let start = 0;
  let size = bytes;
  while (growsEvery !== null && number >= first + growsEvery) {
    start += size * growsEvery;
    first += growsEvery;
    size *= 2;
  }
  start += (number - first) * size;
  return { number, start, end: start + size };
}

/** The stretch of `part` around `position` that a writer gathers and sends in one request. */
export function blockOf(part: Part, position: number): ByteRange {
  const start = position - ((position - part.start) % BLOCK_BYTES);
  return { start, end: Math.min(start + BLOCK_BYTES, part.end) };
}

/** TOO_LARGE, for more than `most` bytes. */
export function tooLarge(most: number): UploadError {
  return new UploadError("TOO_LARGE", {
    message: `Size of file exceeds the limit (${most} bytes)`,
    details: { limit: most },
  });
}
