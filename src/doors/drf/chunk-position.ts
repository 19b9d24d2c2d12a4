import { refuseOverrun, refuseOversize } from "../../core/append/plan-append.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { ChunkPosition } from "../../core/requests.ts";
import { parseContentRange } from "../../wire/headers.ts";

/** The position of a chunk. This protocol always states the length of the file. */
export interface StatedPosition extends ChunkPosition {
  /** Exclusive; at or below `start` if the header is invalid. */
  readonly end: number;
  readonly total: number;
}

/** Parses `Content-Range`; null if it is missing, malformed, or has no total (`*`). */
export function readPosition(headers: Headers): StatedPosition | null {
  const position = parseContentRange(headers.get("content-range"));
  if (position === null) return null;
  const { start, end, total } = position;
  return end === null || typeof total !== "number" ? null : { start, end, total };
}

/**
 * The errors that the header alone causes, before the length of the chunk is known: BAD_CONTENT_RANGE,
 * CHUNK_EXCEEDS_TOTAL, TOO_LARGE, in the order of docs/protocol.md; null for none.
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
