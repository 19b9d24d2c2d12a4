import { UploadError } from "../../../src/core/errors.ts";
import type { ChunkWriter, Flushed } from "../../../src/core/ports/chunk-store.ts";
import type { JsonValue } from "../../../src/core/upload.ts";
import type { Bucket } from "./bucket.ts";
import {
  type BucketState,
  type Piece,
  partsLost,
  readState,
  toJson,
  withPieces,
  withWhole,
} from "./bucket-state.ts";

/** What a writer needs of its store. */
export interface BucketMeans {
  readonly bucket: Bucket;
  readonly partBytes: number;
  readonly now: () => Date;
  /** Runs a request to the bucket, which may fail before or after it had its effect. */
  readonly request: <T>(name: string, work: () => T) => Promise<T>;
}

interface Whole {
  readonly piece: Piece;
  readonly replaced: readonly Piece[];
}

/** Writes runs of bytes: whole parts into the multipart upload, the rest as small objects. */
export class BucketWriter implements ChunkWriter {
  readonly #means: BucketMeans;
  readonly #key: string;
  readonly #multipart: string;
  /** What has been taken and is not in the bucket: it is lost with the writer. */
  #taken: { position: number; bytes: Buffer }[] = [];
  /** The pieces that this writer knows to be in the record. */
  #known: BucketState;
  #flushing: Promise<unknown> = Promise.resolve();
  #isUseless = false;

  constructor(means: BucketMeans, upload: { key: string; state: BucketState; multipart: string }) {
    this.#means = means;
    this.#key = upload.key;
    this.#multipart = upload.multipart;
    this.#known = upload.state;
  }

  nextBoundary = (position: number): number =>
    (Math.floor(position / this.#means.partBytes) + 1) * this.#means.partBytes;

  async write(position: number, bytes: Uint8Array): Promise<void> {
    this.#mustWork();
    if (bytes.length > 0) this.#taken.push({ position, bytes: Buffer.from(bytes) });
  }

  flush(): Promise<Flushed | null> {
    const flushed = this.#flushing.then(() => this.#flush());
    this.#flushing = flushed.catch(() => {});
    return flushed;
  }

  async close(): Promise<void> {
    this.#isUseless = true;
    await this.#flushing;
  }

  async #flush(): Promise<Flushed | null> {
    this.#mustWork();
    if (this.#taken.length === 0) return null;
    try {
      const added = await this.#send(this.#taken.splice(0));
      this.#known = withPieces(this.#known, this.#multipart, added);
      const wholes = await this.#makeWholes(added);
      return this.#flushed(added, wholes);
    } catch (error) {
      this.#isUseless = true;
      throw error;
    }
  }

  #flushed(added: readonly Piece[], wholes: readonly Whole[]): Flushed {
    let freed: Piece[] = [];
    const merge = (value: JsonValue): JsonValue => {
      let state = withPieces(readState(value), this.#multipart, added);
      freed = [];
      for (const { piece, replaced } of wholes) {
        const next = withWhole(state, replaced, piece);
        if (next === null) continue;
        state = next;
        freed.push(...replaced);
      }
      this.#known = state;
      return toJson(state);
    };
    const committed = async () => {
      for (const { tag, isSmall } of freed) {
        const key = `${this.#key}/${tag}`;
        if (isSmall)
          await this.#means.request("delete small", () => this.#means.bucket.objects.delete(key));
      }
    };
    return { merge, committed };
  }

  async #send(taken: { position: number; bytes: Buffer }[]): Promise<Piece[]> {
    const pieces: Piece[] = [];
    for (const run of runsOf(taken)) {
      for (let at = run.start; at < run.end; ) {
        const end = Math.min(run.end, this.nextBoundary(at));
        pieces.push(await this.#put(at, run.bytes.subarray(at - run.start, end - run.start)));
        at = end;
      }
    }
    return pieces;
  }

  async #put(start: number, bytes: Buffer): Promise<Piece> {
    const { bucket, partBytes, now, request } = this.#means;
    const isSmall = bytes.length < partBytes;
    const tag = await request(isSmall ? "put small" : "put part", () => {
      if (!isSmall) return bucket.putPart(this.#multipart, bytes);
      const name = bucket.newName();
      bucket.put(`${this.#key}/${name}`, bytes, now());
      return name;
    });
    return { start, end: start + bytes.length, tag, isSmall };
  }

  /** Where small objects fill a part, they are read once and become one. */
  async #makeWholes(added: readonly Piece[]): Promise<Whole[]> {
    const { partBytes } = this.#means;
    const starts = new Set(added.map(({ start }) => Math.floor(start / partBytes) * partBytes));
    const wholes: Whole[] = [];
    for (const start of starts) {
      const end = start + partBytes;
      const inside = this.#known.pieces.filter((piece) => piece.start >= start && piece.end <= end);
      const length = inside.reduce((sum, piece) => sum + piece.end - piece.start, 0);
      if (inside.length < 2 || length < partBytes || inside.some(({ isSmall }) => !isSmall))
        continue;
      const bytes: Buffer[] = [];
      for (const { tag } of inside) bytes.push(await this.#getSmall(tag));
      wholes.push({ piece: await this.#put(start, Buffer.concat(bytes)), replaced: inside });
    }
    return wholes;
  }

  async #getSmall(tag: string): Promise<Buffer> {
    const { bucket, request } = this.#means;
    const key = `${this.#key}/${tag}`;
    const bytes = await request("get small", () =>
      bucket.objects.has(key) ? bucket.get(key) : null,
    );
    if (bytes === null) throw partsLost(this.#known, this.#multipart, [tag]);
    return bytes;
  }

  #mustWork(): void {
    if (this.#isUseless) throw new UploadError("UNAVAILABLE", { message: "the writer is closed" });
  }
}

/** Unbroken runs of bytes; later bytes replace earlier ones at the same position. */
function runsOf(taken: readonly { position: number; bytes: Buffer }[]) {
  const runs: { start: number; end: number; bytes: Buffer }[] = [];
  for (const { position, bytes } of taken) {
    const end = position + bytes.length;
    const touched = runs.filter((run) => run.start <= end && position <= run.end);
    const start = Math.min(position, ...touched.map((run) => run.start));
    const joined = Buffer.alloc(Math.max(end, ...touched.map((run) => run.end)) - start);
    for (const run of touched) run.bytes.copy(joined, run.start - start);
    bytes.copy(joined, position - start);
    for (const run of touched) runs.splice(runs.indexOf(run), 1);
    runs.push({ start, end: start + joined.length, bytes: joined });
  }
  return runs.sort((a, b) => a.start - b.start);
}
