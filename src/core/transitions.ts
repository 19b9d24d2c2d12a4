import type { UploadChanges } from "./ports/uploads.ts";
import { addRange, type ByteRange, prefixLength } from "./ranges.ts";
import type { CoreSettings } from "./settings.ts";
import { receivedRanges, type Upload } from "./upload.ts";

/**
 * What may happen to a record, as pure functions from a record to its changes. They decide nothing
 * about permission or time: `plan-append.ts` and the use cases do.
 */

export interface DigestAdvance {
  /** Where the digest stood before; the advance counts only if the record still says so. */
  readonly from: number;
  readonly to: number;
  readonly state: Uint8Array;
}

/** Bytes became durable. `size` is the total when this sender was the first to state it. */
export function bytesHeld(
  upload: Upload,
  held: { range: ByteRange; size?: number | null; digest?: DigestAdvance | null },
  time: { now: Date; settings: Pick<CoreSettings, "expirationMs" | "expirationFrom"> },
): UploadChanges {
  const received = addRange(receivedRanges(upload), held.range);
  const offset = prefixLength(received);
  return {
    offset,
    beyond: offset === 0 ? received : received.slice(1),
    ...(upload.size === null && typeof held.size === "number" ? { size: held.size } : {}),
    ...(held.digest ? digestAdvanced(upload, held.digest) : {}),
    ...(time.settings.expirationFrom === "activity"
      ? { expiresAt: new Date(time.now.getTime() + time.settings.expirationMs) }
      : {}),
  };
}

/** The digest went on; nothing when the record's digest stands elsewhere by now. */
export function digestAdvanced(upload: Upload, digest: DigestAdvance): UploadChanges {
  if (upload.digestOffset !== digest.from || digest.to <= digest.from) return {};
  return { digestOffset: digest.to, digestState: digest.state };
}

/** The digest's state does not load here: it starts again from byte 0, by reading back. */
export const digestDropped: UploadChanges = { digestOffset: 0, digestState: null };

/** The store holds less than the record says: nothing is held any more. */
export const bytesLost: UploadChanges = { offset: 0, beyond: [], ...digestDropped };

/** All bytes are held and verified. The digest's state has served. */
export function completed(
  upload: Upload,
  outcome: { checksum: string; now: Date; awaitsHook: boolean },
): UploadChanges {
  return {
    state: "complete",
    size: upload.size ?? upload.offset,
    checksum: outcome.checksum,
    completedAt: outcome.now,
    completion: outcome.awaitsHook ? "pending" : "done",
  };
}
