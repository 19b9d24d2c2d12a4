import { changeRecord } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { LostRanges } from "../ports/bytes-lost.ts";
import type { ClaimGuard } from "../ports/uploads.ts";
import { bytesLost, rangesLost } from "../transitions.ts";
import { receivedRanges, type Upload } from "../upload.ts";

/**
 * The store holds only `length` bytes of an upload and the record says more: logs it, and resets the
 * record and the store's state, so that the client sends everything again. BUSY when the record has
 * changed since `upload` was read: `length` then says nothing about what was sent since.
 */
export async function forgetLostBytes(
  core: CoreContext,
  upload: Upload,
  length: number,
): Promise<Upload> {
  const current = await endWriters(core, upload);
  const { storeState } = core.store.place(upload);
  const reset = await core.uploads.update(current, { ...bytesLost, storeState });
  if (reset === null) throw busy();
  await discard(core, current);
  report(core, { before: upload, after: reset, lostFrom: length });
  return reset;
}

/**
 * Cuts from the record the ranges that the store reports as lost, with the store's state: the client
 * sends them again. Returns the newest record. Other writers continue: a commit counts only what it wrote
 * itself, and the store's merge refuses what belongs to a state that was replaced. A writer that finds
 * the loss names its `guard`: BUSY when it was overtaken, because what it misses may be finished.
 */
export async function cutLostRanges(
  core: CoreContext,
  upload: Upload,
  { lost, guard }: { lost: LostRanges; guard?: ClaimGuard | undefined },
): Promise<Upload> {
  let before: Upload | null = null;
  const decide = (record: Upload) => {
    before = null;
    const storeState = record.state === "uploading" ? lost.merge(record.storeState) : null;
    if (storeState === null) return null;
    before = record;
    return { ...rangesLost(record, lost.ranges), storeState };
  };
  const after = await changeRecord(core, upload, { decide, guard });
  const lostFrom = Math.min(...lost.ranges.map(({ start }) => start));
  if (before !== null) report(core, { before, after, lostFrom });
  return after;
}

/**
 * Stops all writers, here and on other instances: they may be writing into what is gone, and must not
 * commit it. Returns the record as it is then. BUSY when it holds other bytes than `seen`.
 */
async function endWriters(core: CoreContext, seen: Upload): Promise<Upload> {
  core.writers.stop(seen.id, bytesLostMeanwhile());
  if (core.claims === null) return seen;
  await core.claims.voidAll(seen.id);
  const current = await core.uploads.find(seen.id);
  if (current === null || contentOf(current) !== contentOf(seen)) throw busy();
  return current;
}

/** For a writer under way while the store turned out to have lost bytes. */
export function bytesLostMeanwhile(): UploadError {
  return new UploadError("UNAVAILABLE", {
    message: "The store lost bytes of this upload; ask where to go on.",
    retryAfterMs: 1_000,
  });
}

/** The content of an upload as a string, for comparison. The version does not help, because `voidAll` raises it. */
export function contentOf(upload: Upload): string {
  return JSON.stringify([upload.state, upload.size, receivedRanges(upload), upload.storeState]);
}

/** A failure leaves something that only the search for orphans finds; the reset itself is done. */
async function discard(core: CoreContext, superseded: Upload): Promise<void> {
  try {
    await core.store.discard(superseded);
  } catch (error) {
    const facts = { err: error, uploadId: superseded.id };
    core.log.warn(facts, "could not remove the objects of an upload after its reset");
  }
}

function report(
  core: CoreContext,
  { before, after, lostFrom }: { before: Upload; after: Upload; lostFrom: number },
): void {
  core.log.error(
    { uploadId: after.id, length: lostFrom, offset: before.offset },
    "the store lost bytes of an upload",
  );
  core.events.emit({ type: "reset", upload: after, lostFrom });
}

function busy(): UploadError {
  return new UploadError("BUSY", { retryAfterMs: 1_000 });
}
