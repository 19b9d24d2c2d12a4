import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { Claim, Claims } from "../ports/claims.ts";
import type { ClaimGuard } from "../ports/uploads.ts";
import type { ByteRange } from "../ranges.ts";
import { LEASE_MS, RENEW_MS, TAKEOVER_WAIT_MS } from "../settings.ts";
import type { WriterSlot } from "./writers.ts";

/** The right to write a range, while it lasts. */
export interface HeldClaim {
  readonly slot: WriterSlot;
  /** What a commit must check where several processes share the records. */
  readonly guard: ClaimGuard | undefined;
}

/**
 * Runs `work` as the only writer of `range`: inside this process by `Writers`, across processes by
 * a row with a lease that is renewed while the work goes on. BUSY when overtaken.
 */
export async function holdClaim<T>(
  core: CoreContext,
  ask: { uploadId: string; range: ByteRange },
  work: (claim: HeldClaim) => Promise<T>,
): Promise<T> {
  const slot = await core.writers.take(ask.uploadId, ask.range);
  try {
    if (core.claims === null) return await work({ slot, guard: undefined });
    return await holdRow(core, core.claims, { ...ask, slot, work });
  } finally {
    core.writers.release(ask.uploadId, slot);
  }
}

async function holdRow<T>(
  core: CoreContext,
  claims: Claims,
  job: {
    uploadId: string;
    range: ByteRange;
    slot: WriterSlot;
    work: (claim: HeldClaim) => Promise<T>;
  },
): Promise<T> {
  const claim = await claims.take(job.uploadId, job.range, LEASE_MS);
  const ended = new AbortController();
  const renewal = keepRenewing(core, claims, { claim, slot: job.slot, ended: ended.signal });
  try {
    await awaitOlder(core, claims, claim);
    return await job.work({ slot: job.slot, guard: { epoch: claim.epoch, range: claim.range } });
  } finally {
    ended.abort();
    await renewal;
    // A row that stays behind runs out by itself: failing to remove it must not fail the work.
    await claims
      .release(claim)
      .catch((error: unknown) => core.log.warn({ error }, "claim not released"));
  }
}

/** An older writer elsewhere notices at its next renewal; a dead one's lease must run out. */
async function awaitOlder(core: CoreContext, claims: Claims, claim: Claim): Promise<void> {
  const deadline = core.clock.now().getTime() + TAKEOVER_WAIT_MS;
  while (await claims.olderAlive(claim)) {
    if (core.clock.now().getTime() >= deadline)
      throw new UploadError("BUSY", { retryAfterMs: 2_000 });
    await core.clock.sleep(50);
  }
}

async function keepRenewing(
  core: CoreContext,
  claims: Claims,
  held: { claim: Claim; slot: WriterSlot; ended: AbortSignal },
): Promise<void> {
  let renewedAt = core.clock.now().getTime();
  for (;;) {
    await core.clock.sleep(RENEW_MS, held.ended);
    if (held.ended.aborted) return;
    const stands = await claims.renew(held.claim, LEASE_MS).catch(() => null);
    if (stands === true) renewedAt = core.clock.now().getTime();
    else if (stands === false) return stopOvertaken(held.slot);
    // The database is away: past half the lease somebody else may soon believe us dead.
    else if (core.clock.now().getTime() - renewedAt > LEASE_MS / 2) return stopCutOff(held.slot);
  }
}

function stopOvertaken(slot: WriterSlot): void {
  const error = new UploadError("BUSY", {
    message: "A newer request took over this part of the upload.",
    retryAfterMs: 1_000,
  });
  slot.stop({ error, keep: false });
}

function stopCutOff(slot: WriterSlot): void {
  slot.stop({ error: new UploadError("UNAVAILABLE", { retryAfterMs: 2_000 }), keep: false });
}
