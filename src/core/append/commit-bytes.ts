import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import type { ChunkWriter, Flushed } from "../ports/chunk-store.ts";
import type { ClaimGuard } from "../ports/uploads.ts";
import type { Credential } from "../principal.ts";
import { countWithinQuota } from "../quota.ts";
import { addRange, type ByteRange, totalLength } from "../ranges.ts";
import { bytesHeld } from "../transitions.ts";
import { receivedRanges, type Upload } from "../upload.ts";
import { type HeldClaim, requireHeld } from "./hold-claim.ts";
import { type AppendPlan, requireTotal } from "./plan-append.ts";

/** How far the prefix's digest went, and its state there as soon as it is known. */
export interface Hashed {
  readonly from: number;
  readonly to: number;
  readonly state: Promise<Uint8Array>;
}

/** The body that commits. */
export interface CommittingBody {
  /** The record as this body saw it last. */
  readonly upload: Upload;
  readonly plan: AppendPlan;
  readonly claim: HeldClaim;
  readonly writer: ChunkWriter;
  readonly sender: Sender;
}

/** Who sends a body. */
export interface Sender {
  /** Throws when the sender may not append any longer. */
  readonly authorize: () => Promise<void>;
  /** While this is valid the sender may append; undefined: `authorize` must check. */
  readonly credential: Credential | undefined;
}

/**
 * Commits what a body has written up to `end`, and returns the record. Bytes first, then the record:
 * in this order an acknowledged byte is always there. Only what the body wrote itself counts, because
 * the store may have lost what was held before.
 */
export async function commitBytes(
  core: CoreContext,
  body: CommittingBody,
  { end, hashed, isLast }: { end: number; hashed: Hashed | null; isLast: boolean },
): Promise<Upload> {
  const { upload, plan, claim, sender } = body;
  const guard = guardOf(core, body, isLast);
  const [flushed, state] = await Promise.all([body.writer.flush(), hashed?.state ?? null]);
  if (guard?.credential === undefined) await sender.authorize();
  const digest = hashed && state && { from: hashed.from, to: hashed.to, state };
  const ranges = clipped(plan.missing, end);
  const decide = (record: Upload) => {
    requireOpen(record);
    requireTotal(record, { end, size: plan.size });
    requireHeld(claim);
    const time = { now: core.clock.now(), settings: core.settings };
    return {
      ...bytesHeld(record, { ranges, size: plan.size, digest }, time),
      ...(flushed && { storeState: flushed.merge(record.storeState) }),
    };
  };
  const committed = await countWithinQuota(core, {
    upload,
    bytes: plan.size ?? totalLength(ranges.reduce(addRange, receivedRanges(upload))),
    count: () => changeRecord(core, upload, { guard, decide }),
  }).catch(async (error: unknown) => {
    // What was refused may be the credential and not the claim.
    if (guard?.credential !== undefined) await sender.authorize();
    throw error;
  });
  claim.slot.isReleased = guard?.isLast === true;
  core.events.emit({ type: "progress", upload: committed });
  if (flushed?.committed !== undefined) await free(core, committed, flushed);
  return committed;
}

/** The checks and changes that the statement of the commit makes itself, if the database supports that. */
function guardOf(
  core: CoreContext,
  { claim, plan, sender }: CommittingBody,
  isLast: boolean,
): ClaimGuard | undefined {
  const { guard } = claim;
  const { credential } = sender;
  if (core.uploads.guardsInOne !== true) return guard;
  if (guard !== undefined) return { ...guard, credential, isLast };
  return credential && { epoch: null, range: plan.range, credential };
}

/** The ranges up to `end`. */
function clipped(ranges: readonly ByteRange[], end: number): ByteRange[] {
  const before = ranges.filter(({ start }) => start < end);
  return before.map((range) => ({ start: range.start, end: Math.min(range.end, end) }));
}

/** If the store cannot free these objects now, the search for orphans removes them. The commit is valid. */
async function free(core: CoreContext, { id: uploadId }: Upload, flushed: Flushed): Promise<void> {
  try {
    await flushed.committed?.();
  } catch (error) {
    const message = "the store could not free what a commit made superfluous";
    core.log.warn({ err: error, uploadId }, message);
  }
}
