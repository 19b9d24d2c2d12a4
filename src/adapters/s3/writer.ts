import type { UploadError } from "../../core/errors.ts";
import type { ChunkWriter, Flushed, Remember, StoredUpload } from "../../core/ports/chunk-store.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { ByteRange } from "../../core/ranges.ts";
import type { JsonValue } from "../../core/upload.ts";
import { Block, type BlockContent } from "./block.ts";
import type { Bucket } from "./bucket.ts";
import { storeFailure, unavailable } from "./failure.ts";
import { pieceKey } from "./keys.ts";
import { type Multiparts, partFailure, requireToken } from "./multipart.ts";
import { blockOf, mostBytes, type Part, type PartLimits, partOf, tooLarge } from "./part-plan.ts";
import { joinable, joined, joinPieces, putNew, uploadFromPieces } from "./parts.ts";
import { freePieces } from "./pieces.ts";
import {
  bodyToken,
  type Change,
  type Changes,
  covers,
  type Piece,
  packState,
  type S3State,
  unpackState,
  withPart,
  withPiece,
  withWhole,
} from "./state.ts";

/** The dependencies of a writer. */
export interface WriterMeans {
  readonly bucket: Bucket;
  readonly multiparts: Multiparts;
  readonly limits: PartLimits;
  readonly newName: () => string;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Collects bytes in memory, in blocks of at most 8 MiB, while the previous block is uploaded. A block that
 * is a whole part is uploaded as a part. A flush saves the new bytes of an incomplete block as a piece,
 * and keeps them in memory in case the rest arrives. When pieces and memory together contain a whole part,
 * it is uploaded and replaces the pieces.
 */
export class S3Writer implements ChunkWriter {
  readonly #means: WriterMeans;
  readonly #upload: StoredUpload;
  readonly #remember: Remember;
  /** The state in the record when it was last read, with the changes of this writer. */
  #state: S3State;
  #size: number | null;
  #gathering: Block | null = null;
  /** Writes and flushes in their order. */
  #taken: Promise<unknown> = Promise.resolve();
  /** Requests to the bucket, one after the other; never rejects. */
  #sent: Promise<void> = Promise.resolve();
  #changes: Change[] = [];
  /** Saved pieces that no flush has returned yet. */
  #unflushed: Piece[] = [];
  #failure: UploadError | null = null;
  #closing: Promise<void> | null = null;

  constructor(
    means: WriterMeans,
    { upload, state, remember }: { upload: StoredUpload; state: S3State; remember: Remember },
  ) {
    this.#means = means;
    this.#upload = upload;
    this.#remember = remember;
    this.#state = state;
    this.#size = upload.size;
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return this.#inOrder(() => this.#take(position, bytes));
  }

  async flush(): Promise<Flushed | null> {
    const { changed } = await this.#inOrder(async () => {
      const sent = this.#flush(this.#gathering);
      // Not awaited here, so that writes continue. Later uploads belong to the next flush.
      return { changed: sent.then(() => this.#takeChanges()) };
    });
    const changes = await changed;
    this.#mustWork();
    return changes.made.length === 0 ? null : this.#flushed(changes);
  }

  nextBoundary = (position: number): number => {
    const part = partOf(this.#state.plan, position, this.#size);
    const { end } = blockOf(part, position);
    return end > position ? end : position + 1;
  };

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#taken.catch(() => undefined);
    await this.#sent;
    this.#gathering = null;
    // No record contains them; only this writer knows their keys.
    await this.#free(this.#unflushed);
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const taken = this.#taken.then(() => {
      this.#mustWork();
      return work();
    });
    this.#taken = taken.catch(() => undefined);
    return taken;
  }

  async #take(position: number, bytes: Uint8Array): Promise<void> {
    const end = position + bytes.length;
    const most = mostBytes(this.#state.plan, this.#means.limits);
    if (end > most) throw tooLarge(most);
    for (let at = position; at < end; ) {
      const block = await this.#blockAt(at);
      const to = Math.min(end, block.range.end);
      block.put(at, bytes.subarray(at - position, to - position));
      at = to;
      if (block.isFull) await this.#seal();
    }
    this.#mustWork();
  }

  async #blockAt(position: number): Promise<Block> {
    const gathering = this.#gathering;
    if (gathering !== null) {
      const { start, end } = gathering.range;
      if (position >= start && position < end) return gathering;
      await this.#seal();
    }
    const block = new Block(partOf(this.#state.plan, position, this.#size), position);
    this.#gathering = block;
    return block;
  }

  /** Uploads the block after the previous one is uploaded: at most two are in memory. */
  async #seal(): Promise<void> {
    const block = this.#gathering;
    this.#gathering = null;
    await this.#sent;
    void this.#flush(block);
  }

  /** Uploads the current content of the block, without later writes. */
  #flush(block: Block | null): Promise<void> {
    if (block === null) return this.#sent;
    const content = block.takeContent();
    return this.#send(() => this.#sendBlock(block, content));
  }

  #send(work: () => Promise<void>): Promise<void> {
    this.#sent = this.#sent.then(async () => {
      if (this.#failure !== null) return;
      try {
        await work();
      } catch (error) {
        this.#failure = storeFailure(error);
      }
    });
    return this.#sent;
  }

  async #sendBlock(block: Block, now: BlockContent): Promise<void> {
    const { part, range } = block;
    const isPart = range.start === part.start && range.end === part.end;
    if (isPart && covers([...now.held, ...this.#state.pieces], part)) {
      const bytes = await joined(this.#source(), part, now);
      if (await this.#sendPart(part, bytes)) return;
    }
    for (const unsaved of now.unsaved) await this.#savePiece(unsaved, now.bytes(unsaved));
    if (!isPart && covers(this.#state.pieces, part)) await this.#assemble(part);
  }

  /** False if the part is the whole upload and its object already exists. */
  async #sendPart(part: Part, bytes: Uint8Array): Promise<boolean> {
    if (part.start === 0 && part.end === this.#size) return this.#putWhole(bytes);
    const { bucket } = this.#means;
    await this.#change(part, ({ key, id }) =>
      bucket.multipart.uploadPart({ key, id, number: part.number }, bytes),
    );
    return true;
  }

  /** A part that is larger than a block, from pieces only. */
  async #assemble(part: Part): Promise<void> {
    const { bucket } = this.#means;
    await this.#change(part, (target) =>
      uploadFromPieces(bucket, this.#source(), { part, target }),
    );
  }

  async #change(
    part: Part,
    upload: (target: { key: string; id: string }) => Promise<string>,
  ): Promise<void> {
    const key = this.#upload.storageKey;
    const agreed = await this.#means.multiparts.agree(key, this.#state, this.#remember);
    const id = agreed.multipart ?? "";
    this.#state = { ...this.#state, multipart: id };
    const etag = await upload({ key, id }).catch(async (error: unknown) => {
      throw await partFailure(this.#means.bucket, { key, id, remember: this.#remember }, error);
    });
    this.#apply((state) => {
      // Null in a record that was read before the multipart upload was recorded.
      if (state.multipart === id || state.multipart === null)
        return withPart({ ...state, multipart: id }, part, etag);
      throw unavailable("the multipart upload was replaced");
    });
  }

  async #putWhole(bytes: Uint8Array): Promise<boolean> {
    const target = { key: this.#upload.storageKey, token: bodyToken(this.#state.token) };
    const etag = await putNew(this.#means.bucket, target, bytes);
    if (etag !== null) this.#apply((state) => withWhole(state, etag));
    return etag !== null;
  }

  async #savePiece(range: ByteRange, bytes: Uint8Array): Promise<void> {
    const piece = { start: range.start, end: range.end, name: this.#means.newName() };
    await this.#means.bucket.put(this.#keyOf(piece), bytes);
    this.#unflushed.push(piece);
    this.#apply((state) => withPiece(state, piece));
  }

  #apply(change: Change): void {
    this.#changes.push(change);
    this.#state = change(this.#state);
  }

  #takeChanges(): Changes {
    const changes = { made: this.#changes, pieces: this.#unflushed };
    if (this.#failure === null) {
      this.#changes = [];
      this.#unflushed = [];
    }
    return changes;
  }

  #flushed({ made, pieces }: Changes): Flushed {
    const { token } = this.#state;
    let before: S3State | null = null;
    let after: S3State | null = null;
    return {
      merge: (json: JsonValue) => {
        before = requireToken(unpackState(json), token);
        after = made.reduce<S3State>((state, change) => change(state), before);
        return packState(after);
      },
      committed: async () => {
        if (before !== null && after !== null) await this.#afterCommit(before, after, pieces);
      },
    };
  }

  async #afterCommit(before: S3State, after: S3State, own: readonly Piece[]): Promise<void> {
    this.#state = this.#changes.reduce<S3State>((state, change) => change(state), after);
    const kept = new Set(after.pieces.map(({ name }) => name));
    const needless = [...before.pieces, ...own].filter(({ name }) => !kept.has(name));
    await this.#free(needless);
    await this.#send(() => this.#joinWithOthers(after, own));
  }

  async #joinWithOthers(state: S3State, own: readonly Piece[]): Promise<void> {
    for (const part of joinable(state, own, this.#size)) {
      try {
        const ask = { upload: this.#upload, state, part, remember: this.#remember };
        const joined = await joinPieces(this.#means, ask);
        this.#state = this.#changes.reduce<S3State>((now, change) => change(now), joined.state);
        await this.#free(joined.pieces);
      } catch (err) {
        // The pieces stay valid: `finish` joins them.
        const facts = { err, uploadId: this.#upload.id, part: part.number };
        this.#means.log.warn(facts, "could not join pieces into a part");
      }
    }
  }

  #free(pieces: readonly Piece[]): Promise<void> {
    return freePieces(this.#means, { id: this.#upload.id, token: this.#state.token }, pieces);
  }

  #source() {
    return { bucket: this.#means.bucket, id: this.#upload.id, state: this.#state };
  }

  #keyOf(piece: Piece): string {
    return pieceKey({ id: this.#upload.id, token: this.#state.token }, piece);
  }

  #mustWork(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closing !== null) throw unavailable("the writer is closed");
  }
}
