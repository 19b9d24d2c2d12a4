import { sizeMismatch } from "../../core/append/plan-append.ts";
import { isUploadError, UploadError, type UploadErrorCode } from "../../core/errors.ts";
import type { StatedPosition } from "./chunk-position.ts";
import { type FormReader, MAX_BESIDE_CHUNK } from "./form-reader.ts";

/** Rows of the table above SIZE_MISMATCH: for them it is enough that there is a chunk. */
const BEFORE_LENGTH: readonly UploadErrorCode[] = [
  "BAD_CONTENT_RANGE",
  "CHUNK_EXCEEDS_TOTAL",
  "TOO_LARGE",
];
/** SIZE_MISMATCH itself and what stands below it: the chunk's length must be known first. */
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
 * What to answer to a chunk that `refusal` will not let in: an earlier row of the table, if the body
 * breaks that too. Reads on no further than the range's length and 64 KiB, and gives nothing of it
 * to anybody.
 */
export async function explainRefusal(
  form: FormReader,
  refusal: unknown,
  position: StatedPosition | null,
): Promise<unknown> {
  if (form.failure !== null) return form.failure;
  // Somebody else ended it while bytes were awaited, or it is no fault of the request: answer now.
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
