import { refuseOverrun, refuseOversize } from "../../core/append/plan-append.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { ChunkPosition } from "../../core/requests.ts";
import { parseContentRange } from "../../wire/headers.ts";

/** Where a chunk belongs in a file whose length this wire always states. */
export interface StatedPosition extends ChunkPosition {
  /** Exclusive; may lie at or below `start` when the header is absurd. */
  readonly end: number;
  readonly total: number;
}

/** Reads `Content-Range`; null when it is missing or malformed, or hides the total (`*`). */
export function readPosition(headers: Headers): StatedPosition | null {
  const position = parseContentRange(headers.get("content-range"));
  if (position === null) return null;
  const { start, end, total } = position;
  return end === null || typeof total !== "number" ? null : { start, end, total };
}

/**
 * What the header alone lets be refused before the chunk's length is known: BAD_CONTENT_RANGE,
 * CHUNK_EXCEEDS_TOTAL, TOO_LARGE, in the order of the wire contract; null for nothing.
 */
export function judgePosition(
  position: StatedPosition | null,
  maxBytes: number | null,
): UploadError | null {
  if (position === null) return new UploadError("BAD_CONTENT_RANGE");
  try {
    refuseOverrun(position.end, position.total);
    refuseOversize({ maxBytes }, position.total);
    return null;
  } catch (error) {
    if (isUploadError(error)) return error;
    throw error;
  }
}
