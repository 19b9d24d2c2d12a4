import type { CoreContext } from "../core.ts";
import type { UploadError } from "../errors.ts";
import type { ChunkWriter } from "../ports/chunk-store.ts";
import type { RunningDigest } from "../ports/digests.ts";
import { requireRoom } from "../quota.ts";
import { addRange, missingRanges, totalLength } from "../ranges.ts";
import type { Body } from "../requests.ts";
import { QUOTA_LOOK_BYTES } from "../settings.ts";
import { receivedRanges, type Upload } from "../upload.ts";
import { BodyBlocks } from "./body-blocks.ts";
import { type ClaimedDigest, checkDigests } from "./body-digests.ts";
import { commitBytes, type Hashed, type Sender } from "./commit-bytes.ts";
import type { HeldClaim } from "./hold-claim.ts";
import { bytesLostMeanwhile } from "./lost-bytes.ts";
import { type AppendPlan, overrun, sizeMismatch, tooLarge } from "./plan-append.ts";
import { BodyInterrupted } from "./read-body.ts";
import type { EarlyCommitter } from "./writers.ts";

/**
 * One body on its way into the store: writes what is missing, hashes what continues the prefix, and
 * commits. A staged body commits as it goes; the commit of one stage runs while the next streams.
 */
export class BodyReception implements EarlyCommitter {
  readonly #core: CoreContext;
  readonly #plan: AppendPlan;
  readonly #claim: HeldClaim;
  readonly #writer: ChunkWriter;
  /** The prefix's digest, when this body continues it; null when reading back must do it later. */
  readonly #digest: RunningDigest | null;
  /** The digests that the sender declares for this body: checked before any byte is committed. */
  readonly #bodyDigests: readonly ClaimedDigest[];
  readonly #spent: Body["spent"];
  readonly #sender: Sender;
  readonly #blocks: BodyBlocks;
  #upload: Upload;
  #digestAt: number;
  /** Where the digest stood at the last commit. */
  #digestCommitted: number;
  #committed: number;
  #committedAt: number;
  /** Where the next stage is due. */
  #stageEnd: number;
  /** How far an unstaged body was looked at by the quota. */
  #weighed: number;
  #stage: Promise<void> = Promise.resolve();
  /** What is done with the blocks, one thing after the other; after a failure nothing more is. */
  #turn: Promise<unknown> = Promise.resolve();
  #turns = 0;
  #isEnding = false;

  constructor(
    core: CoreContext,
    job: {
      upload: Upload;
      plan: AppendPlan;
      claim: HeldClaim;
      writer: ChunkWriter;
      digest: RunningDigest | null;
      bodyDigests: readonly ClaimedDigest[];
      spent: Body["spent"];
      sender: Sender;
    },
  ) {
    this.#core = core;
    this.#plan = job.plan;
    this.#claim = job.claim;
    this.#writer = job.writer;
    this.#digest = job.digest;
    this.#bodyDigests = job.bodyDigests;
    this.#spent = job.spent;
    this.#sender = job.sender;
    this.#upload = job.upload;
    this.#blocks = new BodyBlocks(core.blocks, {
      range: job.plan.range,
      send: (position, bytes) => this.#send(position, bytes),
    });
    this.#digestAt = job.upload.digestOffset;
    this.#digestCommitted = job.upload.digestOffset;
    this.#committed = job.plan.range.start;
    this.#weighed = job.plan.range.start;
    this.#committedAt = core.clock.now().getTime();
    this.#stageEnd = this.#nextStageEnd();
  }

  /**
   * Takes the whole body and returns the record that counts it. After an interruption, a takeover
   * or a shutdown, what arrived of a staged body is committed before the error is thrown.
   */
  async receive(body: AsyncIterable<Uint8Array>): Promise<Upload> {
    const { slot } = this.#claim;
    if (this.#plan.staged) slot.committer = this;
    try {
      for await (const bytes of body) await this.#inTurn(() => this.#takeIn(bytes));
      this.#isEnding = true;
      await this.#inTurn(() => this.#checkWhole());
    } catch (error) {
      this.#isEnding = true;
      await this.#turn.catch(() => {});
      if (this.#plan.staged && this.#mayKeep(error)) await this.#commitRest();
      else await this.#stage.catch(() => {});
      throw error;
    } finally {
      this.#blocks.close();
    }
    await this.#commitRest();
    this.#requireAllHeld();
    return this.#upload;
  }

  /** Bytes of the body that were held before were not written again. The store may have lost them since. */
  #requireAllHeld(): void {
    const range = { start: this.#plan.range.start, end: this.#blocks.position };
    if (missingRanges(receivedRanges(this.#upload), range).length > 0) throw bytesLostMeanwhile();
  }

  get position(): number {
    return this.#blocks.position;
  }

  get isIdle(): boolean {
    return this.#turns === 0 && !this.#isEnding;
  }

  /** Commits what has arrived of a staged body, while more of it may come. */
  async commit(): Promise<void> {
    if (this.#isEnding) return this.#claim.slot.done;
    await this.#inTurn(async () => {
      if (this.#blocks.position > this.#committed) await this.#beginStage();
    });
    await this.#stage;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turns += 1;
    const turn = this.#turn.then(work).finally(() => {
      this.#turns -= 1;
    });
    this.#turn = turn;
    // The next turn fails by it; until then it must not count as unhandled.
    turn.catch(() => {});
    return turn;
  }

  async #takeIn(bytes: Uint8Array): Promise<void> {
    const end = this.#blocks.position + bytes.length;
    if (end > this.#plan.range.end) throw this.#tooLong(end);
    if (this.#endsAtBoundaries && end > this.#stageEnd) await this.#takeInParts(bytes);
    else await this.#blocks.take(bytes);
    this.#spent?.(bytes);
    await this.#weigh();
  }

  /** Whether the store wants each stage to end at an exact position. */
  get #endsAtBoundaries(): boolean {
    return this.#plan.staged && this.#writer.nextBoundary !== undefined;
  }

  /** Takes bytes that reach beyond the next boundary: a stage ends at each boundary. */
  async #takeInParts(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      const room = this.#stageEnd - this.#blocks.position;
      const part = bytes.subarray(taken, taken + room);
      await this.#blocks.take(part);
      taken += part.length;
      if (part.length === room) await this.#beginStage();
    }
  }

  async #checkWhole(): Promise<void> {
    const length = this.#blocks.position - this.#plan.range.start;
    const reported = this.#plan.range.end - this.#plan.range.start;
    if (this.#plan.exact && length !== reported) throw sizeMismatch(length, reported);
    await this.#blocks.flush();
    await checkDigests(this.#bodyDigests);
  }

  #mayKeep(error: unknown): boolean {
    const stop = this.#claim.slot.stopReason;
    return stop === null ? error instanceof BodyInterrupted : stop.keep;
  }

  /** Hashes all bytes and writes the missing ones. Resolves once the bytes are no longer needed. */
  #send(start: number, bytes: Uint8Array): Promise<unknown> {
    const end = start + bytes.length;
    const done: (Promise<unknown> | undefined)[] = this.#bodyDigests.map(({ running }) =>
      running.update(bytes),
    );
    for (const gap of this.#plan.missing) {
      if (gap.start >= end) break;
      if (gap.end <= start) continue;
      const from = Math.max(gap.start, start);
      const piece = bytes.subarray(from - start, Math.min(gap.end, end) - start);
      if (this.#digest !== null && from === this.#digestAt) {
        this.#digestAt += piece.length;
        done.push(this.#digest.update(piece));
      }
      done.push(this.#writer.write(from, piece));
    }
    return settled(done);
  }

  #tooLong(end: number): UploadError {
    const { range, exact, size } = this.#plan;
    if (exact) return sizeMismatch(end - range.start, range.end - range.start);
    return size === null ? tooLarge(this.#upload) : overrun(size);
  }

  /** After each piece: commits a stage of a staged body, or sees to it that another one still fits. */
  async #weigh(): Promise<void> {
    const { staged, exact } = this.#plan;
    if (staged && this.#stageIsDue()) await this.#beginStage();
    if (!staged && !exact) await this.#keepWithinQuota();
  }

  #stageIsDue(): boolean {
    if (this.#blocks.position >= this.#stageEnd) return true;
    const { ms } = this.#core.store.capabilities.stage;
    const isNew = this.#blocks.position > this.#committed;
    return isNew && this.#core.clock.now().getTime() - this.#committedAt >= ms;
  }

  /** The first boundary of the store after a stage's least length, or where that length ends. */
  #nextStageEnd(): number {
    const { bytes } = this.#core.store.capabilities.stage;
    const least = this.#committed + bytes;
    return this.#writer.nextBoundary?.(least - 1) ?? least;
  }

  /** At most one stage is under way: waiting for the last one is what keeps a fast sender in step. */
  async #beginStage(): Promise<void> {
    await this.#stage;
    await this.#blocks.flush();
    const commit = this.#commitUpTo(this.#blocks.position, this.#hashed());
    this.#committed = this.#blocks.position;
    this.#committedAt = this.#core.clock.now().getTime();
    this.#stageEnd = this.#nextStageEnd();
    this.#stage = commit;
    // The next await of the stage reports its failure; until then it must not count as an unhandled rejection.
    commit.catch(() => {});
  }

  /** A body of unknown length that is committed as a whole must not fill the disk before it is checked. */
  async #keepWithinQuota(): Promise<void> {
    const { position } = this.#blocks;
    if (position - this.#weighed < QUOTA_LOOK_BYTES) return;
    this.#weighed = position;
    const held = addRange(receivedRanges(this.#upload), {
      start: this.#plan.range.start,
      end: position,
    });
    await requireRoom(this.#core, this.#upload, totalLength(held));
  }

  async #commitRest(): Promise<void> {
    await this.#stage;
    await this.#blocks.flush();
    const end = this.#blocks.position;
    if (end <= this.#committed && !this.#settlesTotal()) return;
    await this.#commitUpTo(end, this.#hashed(), true);
  }

  /** A body without a byte may still bring the total of a deferred upload. */
  #settlesTotal(): boolean {
    return this.#plan.size !== null && this.#upload.size === null;
  }

  #hashed(): Hashed | null {
    const from = this.#digestCommitted;
    if (this.#digest === null || this.#digestAt === from) return null;
    this.#digestCommitted = this.#digestAt;
    return { from, to: this.#digestAt, state: this.#digest.save() };
  }

  async #commitUpTo(end: number, hashed: Hashed | null, isLast = false): Promise<void> {
    const job = {
      ...{ upload: this.#upload, plan: this.#plan, claim: this.#claim },
      ...{ writer: this.#writer, sender: this.#sender },
    };
    this.#upload = await commitBytes(this.#core, job, { end, hashed, isLast });
  }
}

/** Waits for all, also if one fails: the bytes must not change while they are needed. */
async function settled(work: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work))
    if (outcome.status === "rejected") throw outcome.reason;
}
