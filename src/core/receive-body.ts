import { type ClaimedDigest, checkDigests } from "./body-digests.ts";
import { changeRecord, requireOpen } from "./change-record.ts";
import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import type { HeldClaim } from "./hold-claim.ts";
import { type AppendPlan, requireTotal, sizeMismatch } from "./plan-append.ts";
import type { ChunkWriter } from "./ports/chunk-store.ts";
import type { RunningDigest } from "./ports/digests.ts";
import { requireRoom } from "./quota.ts";
import { addRange, totalLength } from "./ranges.ts";
import { BodyInterrupted } from "./read-body.ts";
import { STAGE_BYTES, STAGE_MS } from "./settings.ts";
import { bytesHeld, type DigestAdvance } from "./transitions.ts";
import { receivedRanges, type Upload } from "./upload.ts";

/**
 * One body on its way into the store: writes what is missing, hashes what continues the prefix, and
 * commits. A staged body commits as it goes; the commit of one stage runs while the next streams.
 */
export class BodyReception {
  readonly #core: CoreContext;
  readonly #plan: AppendPlan;
  readonly #claim: HeldClaim;
  readonly #writer: ChunkWriter;
  /** The prefix's digest, when this body continues it; null when reading back must do it later. */
  readonly #digest: RunningDigest | null;
  /** What the sender claims of this body: checked before any of it counts. */
  readonly #bodyDigests: readonly ClaimedDigest[];
  #upload: Upload;
  #position: number;
  #digestAt: number;
  /** Where the digest stood at the last commit. */
  #digestCommitted: number;
  #committed: number;
  #committedAt: number;
  #stage: Promise<void> = Promise.resolve();

  constructor(
    core: CoreContext,
    job: {
      upload: Upload;
      plan: AppendPlan;
      claim: HeldClaim;
      writer: ChunkWriter;
      digest: RunningDigest | null;
      bodyDigests: readonly ClaimedDigest[];
    },
  ) {
    this.#core = core;
    this.#plan = job.plan;
    this.#claim = job.claim;
    this.#writer = job.writer;
    this.#digest = job.digest;
    this.#bodyDigests = job.bodyDigests;
    this.#upload = job.upload;
    this.#position = job.plan.range.start;
    this.#digestAt = job.upload.digestOffset;
    this.#digestCommitted = job.upload.digestOffset;
    this.#committed = job.plan.range.start;
    this.#committedAt = core.clock.now().getTime();
  }

  /**
   * Takes the whole body and answers the record that counts it. On the way out by an error, what
   * arrived of a staged body is kept, unless a newer request took over.
   */
  async receive(body: AsyncIterable<Uint8Array>): Promise<Upload> {
    try {
      for await (const bytes of body) {
        await this.#take(bytes);
        if (this.#plan.staged && this.#stageIsDue()) await this.#beginStage();
      }
      const length = this.#position - this.#plan.range.start;
      const reported = this.#plan.range.end - this.#plan.range.start;
      if (this.#plan.exact && length !== reported) throw sizeMismatch(length, reported);
      await checkDigests(this.#bodyDigests);
    } catch (error) {
      if (this.#plan.staged && this.#mayKeep(error)) await this.#commitRest();
      else await this.#stage.catch(() => {});
      throw error;
    }
    await this.#commitRest();
    return this.#upload;
  }

  #mayKeep(error: unknown): boolean {
    const stop = this.#claim.slot.stopReason;
    return stop === null ? error instanceof BodyInterrupted : stop.keep;
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const start = this.#position;
    const end = start + bytes.length;
    if (end > this.#plan.range.end) throw this.#tooLong(end);
    for (const digest of this.#bodyDigests) digest.running.update(bytes);
    for (const gap of this.#plan.missing) {
      if (gap.start >= end) break;
      if (gap.end <= start) continue;
      const from = Math.max(gap.start, start);
      const piece = bytes.subarray(from - start, Math.min(gap.end, end) - start);
      await this.#writer.write(from, piece);
      if (this.#digest !== null && from === this.#digestAt) {
        this.#digest.update(piece);
        this.#digestAt += piece.length;
      }
    }
    this.#position = end;
  }

  #tooLong(end: number): UploadError {
    const { range, exact, size } = this.#plan;
    if (exact) return sizeMismatch(end - range.start, range.end - range.start);
    const { maxBytes } = this.#upload;
    return size === null
      ? new UploadError("TOO_LARGE", { details: { limit: maxBytes } })
      : new UploadError("CHUNK_EXCEEDS_TOTAL", { details: { total: size } });
  }

  #stageIsDue(): boolean {
    if (this.#position - this.#committed >= STAGE_BYTES) return true;
    return this.#core.clock.now().getTime() - this.#committedAt >= STAGE_MS;
  }

  /** At most one stage is under way: waiting for the last one is what keeps a fast sender in step. */
  async #beginStage(): Promise<void> {
    await this.#stage;
    const commit = this.#commitUpTo(this.#position, this.#digestAdvance());
    this.#committed = this.#position;
    this.#committedAt = this.#core.clock.now().getTime();
    this.#stage = commit;
    // Whoever awaits the stage hears of its failure; until then it must not count as unhandled.
    commit.catch(() => {});
  }

  async #commitRest(): Promise<void> {
    await this.#stage;
    if (this.#position > this.#committed || this.#settlesTotal())
      await this.#commitUpTo(this.#position, this.#digestAdvance());
  }

  /** A body without a byte may still bring the total of a deferred upload. */
  #settlesTotal(): boolean {
    return this.#plan.size !== null && this.#upload.size === null;
  }

  #digestAdvance(): DigestAdvance | null {
    const from = this.#digestCommitted;
    if (this.#digest === null || this.#digestAt === from) return null;
    this.#digestCommitted = this.#digestAt;
    return { from, to: this.#digestAt, state: this.#digest.save() };
  }

  /** Bytes first, then the record: in this order an acknowledged byte is always there. */
  async #commitUpTo(end: number, digest: DigestAdvance | null): Promise<void> {
    const core = this.#core;
    const flushed = await this.#writer.flush();
    const range = { start: this.#plan.range.start, end };
    await requireRoom(
      core,
      this.#upload,
      totalLength(addRange(receivedRanges(this.#upload), range)),
    );
    this.#upload = await changeRecord(core, this.#upload, {
      guard: this.#claim.guard,
      decide: (upload) => {
        requireOpen(upload);
        requireTotal(upload, { end, size: this.#plan.size });
        const stop = this.#claim.slot.stopReason;
        if (stop !== null && !stop.keep) throw stop.error;
        const time = { now: core.clock.now(), settings: core.settings };
        return {
          ...bytesHeld(upload, { range, size: this.#plan.size, digest }, time),
          ...(flushed ?? {}),
        };
      },
    });
    core.events.emit({ type: "progress", upload: this.#upload });
  }
}
