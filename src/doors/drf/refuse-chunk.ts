import { sizeMismatch } from "../../core/append/plan-append.ts";
import { isUploadError, UploadError, type UploadErrorCode } from "../../core/errors.ts";
import type { StatedPosition } from "./chunk-position.ts";
import { type FormReader, MAX_BESIDE_CHUNK } from "./form-reader.ts";

/** Rows of the table above SIZE_MISMATCH: only NO_CHUNK must be checked before them. */
const BEFORE_LENGTH: readonly UploadErrorCode[] = [
  "BAD_CONTENT_RANGE",
  "CHUNK_EXCEEDS_TOTAL",
  "TOO_LARGE",
];
/** SIZE_MISMATCH and the rows below it: the chunk's length must be known first. */
const AFTER_LENGTH: readonly UploadErrorCode[] = [
  "SIZE_MISMATCH",
  "NOT_FOUND",
  "EXPIRED",
  "ALREADY_COMPLETE",
  "TOTAL_MISMATCH",
  "OFFSET_MISMATCH",
  "REJECTED",
  "QUOTA_EXCEEDED",
];

/**
 * The error to return for a chunk that is refused with `refusal`: an earlier row of the table if it applies to
 * the body too. Reads at most the length of the range and 64 KiB, and discards what it reads.
 */
export async function explainRefusal(
  form: FormReader,
  refusal: unknown,
  position: StatedPosition | null,
): Promise<unknown> {
  if (form.failure !== null) return form.failure;
  // Another request took over while this one waited for bytes, or the request is not at fault.
  if (form.reading || !isUploadError(refusal)) return refusal;
  const isBefore = BEFORE_LENGTH.includes(refusal.code);
  if (!isBefore && !AFTER_LENGTH.includes(refusal.code)) return refusal;
  try {
    return isBefore ? await requireChunk(form, refusal) : await compare(form, refusal, position);
  } catch (earlier) {
    return earlier;
  }
}

async function requireChunk(form: FormReader, refusal: UploadError): Promise<UploadError> {
  return (await form.findChunk()) === null ? new UploadError("NO_CHUNK") : refusal;
}

async function compare(
  form: FormReader,
  refusal: UploadError,
  position: StatedPosition | null,
): Promise<UploadError> {
  const reported = position === null ? 0 : position.end - position.start;
  const limit = Math.max(reported, 0) + MAX_BESIDE_CHUNK;
  let goesOn = true;
  while (goesOn && form.bytesRead <= limit) {
    goesOn = await form.advance();
    form.drop();
  }
  if (form.chunk === null) return goesOn ? refusal : new UploadError("NO_CHUNK");
  const isAsReported = form.chunkLength === reported && refusal.code !== "SIZE_MISMATCH";
  if (!goesOn) return isAsReported ? refusal : sizeMismatch(form.chunkLength, reported);
  return form.chunkLength > reported ? sizeMismatch(null, reported) : refusal;
}
