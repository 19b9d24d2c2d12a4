import { UploadError } from "../errors.ts";
import type { ByteRange } from "../ranges.ts";
import type { JsonValue } from "../upload.ts";

const bytesLost = "BytesLost";

/** What a store no longer holds, and what its state is without it. */
export interface LostRanges {
  /** Ranges that the record counts and the store no longer holds. Bytes. */
  readonly ranges: readonly ByteRange[];
  /**
   * Removes from the newest state what names the lost bytes. Null when that state does not name them
   * any longer, because they were reset or sent again: the record then keeps what it counts.
   */
  readonly merge: (state: JsonValue) => JsonValue | null;
}

/**
 * Thrown by `open`, `flush`, `read` and `finish` of a store that finds out that bytes are gone. The
 * core cuts the record by `lost`, and the client sends these bytes again.
 */
export class BytesLost extends UploadError {
  readonly lost: LostRanges;

  constructor(lost: LostRanges, cause?: unknown) {
    super("UNAVAILABLE", {
      message: "The store lost bytes of this upload; ask where to go on.",
      retryAfterMs: 1_000,
      cause,
    });
    this.name = bytesLost;
    this.lost = lost;
  }
}

/** Recognized by its name, as an `UploadError` by its brand: another copy of this module may have thrown it. */
export function isBytesLost(error: unknown): error is BytesLost {
  return error instanceof Error && error.name === bytesLost;
}
