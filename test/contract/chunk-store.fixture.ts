import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type {
  ChunkStore,
  ChunkWriter,
  Merge,
  StoredObject,
  StoredUpload,
} from "../../src/core/ports/chunk-store.ts";
import { addRange, type ByteRange, prefixLength } from "../../src/core/ranges.ts";
import { receivedRanges } from "../../src/core/upload.ts";

export interface StoreFixture extends AsyncDisposable {
  readonly store: ChunkStore;
  /** Removes an upload's bytes without the store. */
  lose(upload: StoredUpload): Promise<void>;
  /** `open` makes no request to look for the bytes: `finish` reports that they are lost. */
  readonly findsLossAtFinish?: boolean;
}

/** A record for `store` without bytes. */
export function recordFor(store: ChunkStore, changes: Partial<StoredUpload> = {}): StoredUpload {
  const id = changes.id ?? randomUUID();
  const createdAt = new Date("2026-03-04T23:30:00Z");
  const sizes = { size: changes.size ?? null, maxBytes: null };
  const { storageKey, storeState } = store.place({ id, createdAt, ...sizes });
  const nothing = {
    offset: 0,
    beyond: [],
    state: "uploading",
    finished: false,
  } as const;
  return { id, createdAt, ...sizes, storageKey, storeState, ...nothing, ...changes };
}

/** One record that the writers of an upload share, as in the core: merges apply to the newest state. */
export class ContractRecord {
  readonly #store: ChunkStore;
  upload: StoredUpload;

  constructor(store: ChunkStore, upload: StoredUpload) {
    this.#store = store;
    this.upload = upload;
  }

  open(): Promise<{ writer: ChunkWriter; length: number }> {
    return this.#store.open(this.upload, async (merge) => {
      this.#merge(merge);
      return this.upload;
    });
  }

  /** Flushes and, like a commit, stores the state that the store returns. */
  async flush(writer: ChunkWriter): Promise<void> {
    const flushed = await writer.flush();
    if (flushed === null) return;
    this.#merge(flushed.merge);
    await flushed.committed?.();
  }

  /** Opens, writes one piece, flushes, counts it and closes. */
  async put(position: number, bytes: Uint8Array): Promise<void> {
    const { writer } = await this.open();
    await writer.write(position, bytes);
    await this.flush(writer);
    this.count({ start: position, end: position + bytes.length });
    await writer.close();
  }

  count(range: ByteRange): void {
    const received = addRange(receivedRanges(this.upload), range);
    const offset = prefixLength(received);
    const beyond = offset === 0 ? received : received.slice(1);
    this.upload = { ...this.upload, offset, beyond };
  }

  /** The bytes of a range of the prefix; finishes the upload if the store reads only finished ones. */
  async read(range: ByteRange): Promise<Buffer> {
    const full = { ...this.upload, size: this.upload.size ?? this.upload.offset };
    if (!this.#store.capabilities.readsUnfinished && !full.finished) await this.#store.finish(full);
    return readAll(this.#store, this.upload, range);
  }

  #merge(merge: Merge): void {
    this.upload = { ...this.upload, storeState: merge(this.upload.storeState) };
  }
}

export async function readAll(
  store: ChunkStore,
  upload: StoredUpload,
  range: ByteRange,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(upload, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Opens, writes one piece, flushes and closes; does not change the given record. */
export async function put(
  store: ChunkStore,
  upload: StoredUpload,
  chunk: { position: number; bytes: Uint8Array },
): Promise<void> {
  await new ContractRecord(store, upload).put(chunk.position, chunk.bytes);
}

export async function objectsOf(store: ChunkStore, id: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of store.objects()) if (object.uploadId === id) found.push(object);
  return found;
}

export const unavailable = expect.objectContaining({ code: "UNAVAILABLE" });
