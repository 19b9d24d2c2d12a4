import { UploadError } from "../errors.ts";
import { type ByteRange, highestHeld, MAX_SIZE, missingRanges } from "../ranges.ts";
import type { AppendRequest, ChunkPosition } from "../requests.ts";
import { MAX_INTERVALS } from "../settings.ts";
import { receivedRanges, type Upload, uploadStatus } from "../upload.ts";
import { claimsNothing } from "./body-digests.ts";

/** What is to be done with a body. */
export interface AppendPlan {
  /** The range of the body. */
  readonly range: ByteRange;
  /** False while the sender's protocol leaves the length open: the body may then end anywhere in `range`. */
  readonly exact: boolean;
  /** The parts of `range` that are not held: these are written, the rest is read and dropped. */
  readonly missing: readonly ByteRange[];
  /** The upload's total once this body counts; null while it stays deferred. */
  readonly size: number | null;
  /** Whether what has arrived may be committed before the body has ended. */
  readonly staged: boolean;
}

/** The headers of a request that describe its body. */
export type AppendHeaders = Pick<
  AppendRequest,
  "position" | "contentLength" | "digests" | "trailing" | "sequential" | "byOffset" | "whole"
> & {
  /**
   * The start of the body is an offset that the server reported, and bytes of an older request have moved the
   * offset since. Bytes that are already held are skipped.
   */
  readonly isAgreed?: boolean | undefined;
};

/**
 * Checks a body by its headers, before a byte is read. The order of the checks is that of the raw
 * door in the wire contract, from 410 on. `now` is when the request started.
 */
export function planAppend(upload: Upload, asked: AppendHeaders, now: Date): AppendPlan {
  const status = uploadStatus(upload, now);
  if (status === "expired") throw new UploadError("EXPIRED");
  refuseFinal(upload);
  const { position } = asked;
  if (status === "complete" || upload.state === "merged") return planNothing(upload, asked);
  refuseDirect(upload);
  if (position === null) throw new UploadError("BAD_CONTENT_RANGE");
  const isWelcome = asked.isAgreed === true && position.start < upload.offset;
  if (asked.byOffset && !isWelcome) requireOffset(upload, position.start);
  const size = agreeOnTotal(upload, position);
  const range = bodyRange(upload, asked, { ...position, size });
  if (!isWelcome) checkPlace(upload, asked, { range, size });
  const missing = missingRanges(receivedRanges(upload), range);
  return {
    range,
    exact: position.end !== null,
    missing,
    size,
    staged: missing[0]?.start === upload.offset && !asked.whole && claimsNothing(asked),
  };
}

/** A final accepts no bytes from clients, finished or not: the tus door recognizes it by `details.concat`. */
function refuseFinal({ concat }: Upload): void {
  if (concat !== "final") return;
  throw new UploadError("ALREADY_COMPLETE", {
    message: "This upload is put together from others and takes no bytes.",
    details: { concat },
  });
}

/** The parts of a direct upload are in the store with checksums that the server has not computed. */
function refuseDirect({ origin }: Upload): void {
  if (origin !== "direct") return;
  throw new UploadError("REJECTED", {
    message: "This is a direct upload: its bytes go to the store, not to the server.",
    details: { transfer: "direct" },
  });
}

/** ALREADY_COMPLETE, unless it is a tus client's empty body where the upload ends, or one to drop. */
function planNothing(upload: Upload, asked: AppendHeaders): AppendPlan {
  const { position, contentLength, byOffset, isAgreed } = asked;
  if (!byOffset || position === null) throw new UploadError("ALREADY_COMPLETE");
  if (isAgreed && position.start < upload.offset) return planToDrop(upload, position);
  requireOffset(upload, position.start);
  if (contentLength !== null && contentLength > 0) throw new UploadError("ALREADY_COMPLETE");
  const { start, total } = position;
  if (typeof total === "number" && total !== upload.size) throw new UploadError("TOTAL_MISMATCH");
  const range = { start, end: start };
  return { range, exact: true, missing: [], size: upload.size, staged: false };
}

/** A body whose bytes an older request has brought already. */
function planToDrop(upload: Upload, position: ChunkPosition): AppendPlan {
  const size = agreeOnTotal(upload, position);
  const range = { start: position.start, end: position.end ?? upload.offset };
  return { range, exact: position.end !== null, missing: [], size, staged: false };
}

/**
 * Checks the total again against a newer record: another body may have set it in the meantime. `end` is the
 * end of the bytes to commit, `size` the total that the sender of this body declared.
 */
export function requireTotal(upload: Upload, body: { end: number; size: number | null }): void {
  agreeOnTotal(upload, { start: 0, end: body.end, total: body.size ?? undefined });
}

/** CHUNK_EXCEEDS_TOTAL, TOO_LARGE and TOTAL_MISMATCH, in this order. Returns the upload's total. */
function agreeOnTotal(upload: Upload, position: ChunkPosition): number | null {
  const { end } = position;
  if (position.total === null && upload.size !== null) throw new UploadError("BAD_CONTENT_RANGE");
  const total = position.total ?? upload.size;
  refuseOverrun(end ?? 0, total);
  refuseOversize(upload, total ?? end ?? 0);
  const contradicts =
    upload.size !== null ? total !== upload.size : total !== null && total < held(upload);
  if (contradicts) throw new UploadError("TOTAL_MISMATCH");
  return total;
}

/** CHUNK_EXCEEDS_TOTAL when a body ends behind the total that its sender states. Bytes. */
export function refuseOverrun(end: number, total: number | null): void {
  if (total !== null && end > total) throw overrun(total);
}

/** CHUNK_EXCEEDS_TOTAL in the original's words. */
export function overrun(total: number): UploadError {
  return new UploadError("CHUNK_EXCEEDS_TOTAL", {
    message: `End of chunk exceeds reported total (${total} bytes)`,
    details: { total },
  });
}

/** TOO_LARGE when `bytes` exceed the upload's limit, or what any upload can hold. */
export function refuseOversize(upload: Pick<Upload, "maxBytes">, bytes: number): void {
  if (bytes > limitOf(upload)) throw tooLarge(upload);
}

/** TOO_LARGE in the original's words. */
export function tooLarge(upload: Pick<Upload, "maxBytes">): UploadError {
  const limit = limitOf(upload);
  return new UploadError("TOO_LARGE", {
    message: `Size of file exceeds the limit (${limit} bytes)`,
    details: { limit },
  });
}

function limitOf({ maxBytes }: Pick<Upload, "maxBytes">): number {
  return Math.min(maxBytes ?? MAX_SIZE, MAX_SIZE);
}

/** SIZE_MISMATCH when the announced length is not the range's. */
function bodyRange(
  upload: Upload,
  asked: AppendHeaders,
  position: ChunkPosition & { size: number | null },
): ByteRange {
  const { start, end, size } = position;
  if (end === null) {
    return { start, end: Math.min(size ?? MAX_SIZE, upload.maxBytes ?? MAX_SIZE) };
  }
  const reported = end - start;
  // A stated range is never empty; a protocol without ranges may send an empty body.
  const mayBeEmpty = asked.byOffset || position.total === undefined;
  const absurd = reported < 0 || (reported === 0 && !mayBeEmpty);
  if (absurd || (asked.contentLength !== null && asked.contentLength !== reported)) {
    throw sizeMismatch(asked.contentLength, reported);
  }
  return { start, end };
}

/** SIZE_MISMATCH in the original's words; `actual` null when the body was cut off uncounted. */
export function sizeMismatch(actual: number | null, reported: number): UploadError {
  return new UploadError("SIZE_MISMATCH", {
    message: `File size doesn't match headers: file size is ${actual ?? "unknown"} but ${reported} reported`,
    details: { actual, reported },
  });
}

/** OFFSET_MISMATCH unless the body starts at the offset, is a whole aligned chunk, or is held already. */
function checkPlace(
  upload: Upload,
  asked: AppendHeaders,
  body: { range: ByteRange; size: number | null },
): void {
  const { start } = body.range;
  if (start === upload.offset) return;
  const parallel = !asked.sequential && takesOutOfOrder(upload, body);
  if (!parallel) requireOffset(upload, start);
  if (start > upload.offset && upload.beyond.length >= MAX_INTERVALS) {
    throw new UploadError("BUSY", {
      message: "Too many separate ranges are held; send the missing ones first.",
      retryAfterMs: 1_000,
    });
  }
}

/** OFFSET_MISMATCH unless `start` is where the unbroken prefix ends. */
function requireOffset({ offset }: Upload, start: number): void {
  if (start === offset) return;
  throw new UploadError("OFFSET_MISMATCH", {
    details: { expected_offset: offset, provided_offset: start },
  });
}

function takesOutOfOrder(upload: Upload, body: { range: ByteRange; size: number | null }): boolean {
  const { range, size } = body;
  if (missingRanges(receivedRanges(upload), range).length === 0) return true;
  const length = range.end - range.start;
  const isLast = range.end === size && length < upload.chunkSize;
  return range.start % upload.chunkSize === 0 && (length === upload.chunkSize || isLast);
}

function held(upload: Upload): number {
  return highestHeld(receivedRanges(upload));
}
