import type { UploadChanges } from "./ports/uploads.ts";
import { addRange, type ByteRange, missingRanges, prefixLength, totalLength } from "./ranges.ts";
import type { CoreSettings } from "./settings.ts";
import { receivedRanges, type Upload } from "./upload.ts";

/**
 * What may happen to a record, as pure functions from a record to its changes. They decide nothing
 * about permission or time: `plan-append.ts` and the use cases do.
 */

export interface DigestAdvance {
  /** The previous position of the digest; the advance counts only if the record still has it. */
  readonly from: number;
  readonly to: number;
  readonly state: Uint8Array;
}

/** Bytes became durable. `size` is the total when this sender was the first to state it. */
export function bytesHeld(
  upload: Upload,
  held: { ranges: readonly ByteRange[]; size?: number | null; digest?: DigestAdvance | null },
  time: { now: Date; settings: Pick<CoreSettings, "expirationMs" | "expirationFrom"> },
): UploadChanges {
  const received = held.ranges.reduce(addRange, receivedRanges(upload));
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

/** The changes for an advanced digest; none if the record's digest has another position by now. */
export function digestAdvanced(upload: Upload, digest: DigestAdvance): UploadChanges {
  if (upload.digestOffset !== digest.from || digest.to <= digest.from) return {};
  return { digestOffset: digest.to, digestState: digest.state };
}

/** The digest's state does not load here: it starts again from byte 0, by reading back. */
export const digestDropped: UploadChanges = { digestOffset: 0, digestState: null };

/** The store holds less than the record says: nothing is held any more. */
export const bytesLost: UploadChanges = { offset: 0, beyond: [], ...digestDropped };

/**
 * The store lost `lost`. A digest that went beyond the new prefix cannot go back: it starts again.
 * Null when the record counts none of these bytes.
 */
export function rangesLost(upload: Upload, lost: readonly ByteRange[]): UploadChanges | null {
  const before = receivedRanges(upload);
  const merged = lost.reduce<readonly ByteRange[]>(addRange, []);
  const received = before.flatMap((range) => missingRanges(merged, range));
  if (totalLength(received) === totalLength(before)) return null;
  const offset = prefixLength(received);
  return {
    offset,
    beyond: offset === 0 ? received : received.slice(1),
    ...(upload.digestOffset > offset ? digestDropped : {}),
  };
}

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
