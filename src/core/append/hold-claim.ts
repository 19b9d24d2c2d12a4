import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { Claim, Claims, FreeClaim } from "../ports/claims.ts";
import type { ClaimGuard } from "../ports/uploads.ts";
import type { ByteRange } from "../ranges.ts";
import { LEASE_MS, RENEW_MS, SETTLE_MS, TAKEOVER_WAIT_MS } from "../settings.ts";
import type { Upload } from "../upload.ts";
import { overtaken, type WriterSlot } from "./writers.ts";

/** The right to write a range, while it lasts. */
export interface HeldClaim {
  readonly slot: WriterSlot;
  /** The checks of a commit if several processes share the records. */
  readonly guard: ClaimGuard | undefined;
  /** The record since the claim was taken, if taking it has read it. */
  readonly upload?: Upload | undefined;
}

/** Throws why the claim's writer was stopped, if what it received must not be kept. */
export function requireHeld({ slot }: HeldClaim): void {
  if (slot.stopReason !== null && !slot.stopReason.keep) throw slot.stopReason.error;
}

/**
 * Runs `work` as the only writer of `range`: inside this process by `Writers`, across processes by
 * a row with a lease that is renewed during the work. `opened`: a row that the request has already.
 * Throws BUSY if overtaken.
 */
export async function holdClaim<T>(
  core: CoreContext,
  ask: { uploadId: string; range: ByteRange; opened?: FreeClaim | null },
  work: (claim: HeldClaim) => Promise<T>,
): Promise<T> {
  const slot = await core.writers.take(ask.uploadId, ask.range).catch(async (error: unknown) => {
    if (ask.opened) await releaseClaim(core, ask.opened.claim);
    throw error;
  });
  try {
    if (core.claims === null) return await work({ slot, guard: undefined });
    return await holdRow(core, core.claims, { ...ask, slot, work });
  } finally {
    core.writers.release(ask.uploadId, slot);
  }
}

interface RowAsk {
  readonly uploadId: string;
  readonly range: ByteRange;
  readonly slot: WriterSlot;
  readonly opened?: FreeClaim | null;
}

async function holdRow<T>(
  core: CoreContext,
  claims: Claims,
  job: RowAsk & { work: (claim: HeldClaim) => Promise<T> },
): Promise<T> {
  const { claim, isAlone, upload } = await takeRow(core, claims, job);
  job.slot.epoch = claim.epoch;
  const ended = new AbortController();
  const renewal = keepRenewing(core, claims, { claim, slot: job.slot, ended: ended.signal });
  try {
    if (!isAlone) await awaitOlder(core, claims, { claim, slot: job.slot });
    const guard = { epoch: claim.epoch, range: claim.range };
    return await job.work({ slot: job.slot, guard, upload: isAlone ? upload : undefined });
  } finally {
    ended.abort();
    await renewal;
    if (!job.slot.isReleased) await releaseClaim(core, claim);
  }
}

/** A row that stays behind runs out by itself: failing to remove it must not fail the work. */
export async function releaseClaim(
  { claims, log }: Pick<CoreContext, "claims" | "log">,
  claim: Claim,
): Promise<void> {
  await claims?.release(claim).catch((error: unknown) => log.warn({ error }, "claim not released"));
}

/**
 * A writer on another instance that is in the way is asked first to commit what it has received: from
 * the newer claim on its commits are refused.
 */
async function takeRow(
  core: CoreContext,
  claims: Claims,
  { uploadId, range, slot, opened }: RowAsk,
): Promise<FreeClaim> {
  // The writer that was stopped for this one has committed after the row was taken.
  if (opened && !slot.hasOvertaken) return opened;
  if (opened) await releaseClaim(core, opened.claim);
  const free = await claims.takeFree(uploadId, range, LEASE_MS);
  if (free !== null) return free;
  const epochs = await claims.alive(uploadId, range);
  await core.peers?.ask({ kind: "yield", uploadId, range }, { epochs, ms: SETTLE_MS });
  requireNotStopped(slot);
  slot.hasOvertaken = true;
  return { claim: await claims.take(uploadId, range, LEASE_MS), isAlone: false };
}

/** An older writer elsewhere notices at its next renewal; a dead one's lease must run out. */
async function awaitOlder(
  core: CoreContext,
  claims: Claims,
  { claim, slot }: { claim: Claim; slot: WriterSlot },
): Promise<void> {
  const deadline = core.clock.now().getTime() + TAKEOVER_WAIT_MS;
  while (await claims.olderAlive(claim)) {
    requireNotStopped(slot);
    if (core.clock.now().getTime() >= deadline)
      throw new UploadError("BUSY", { retryAfterMs: 2_000 });
    await core.clock.sleep(50);
  }
}

/** A writer that has written nothing yet has nothing to keep. */
function requireNotStopped({ stopReason }: WriterSlot): void {
  if (stopReason !== null) throw stopReason.error;
}

async function keepRenewing(
  core: CoreContext,
  claims: Claims,
  held: { claim: Claim; slot: WriterSlot; ended: AbortSignal },
): Promise<void> {
  const everyMs = core.peers === undefined ? RENEW_MS : LEASE_MS / 3;
  let renewedAt = core.clock.now().getTime();
  for (;;) {
    await core.clock.sleep(everyMs, held.ended);
    if (held.ended.aborted) return;
    const stands = await claims.renew(held.claim, LEASE_MS).catch(() => null);
    if (stands === true) renewedAt = core.clock.now().getTime();
    else if (stands === false) return held.slot.stop({ error: overtaken(), keep: false });
    // The database is unavailable: after half the lease another instance may soon take over.
    else if (core.clock.now().getTime() - renewedAt > LEASE_MS / 2) return stopCutOff(held.slot);
  }
}

function stopCutOff(slot: WriterSlot): void {
  slot.stop({ error: new UploadError("UNAVAILABLE", { retryAfterMs: 2_000 }), keep: false });
}
