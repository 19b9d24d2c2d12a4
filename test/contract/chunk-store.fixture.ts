import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { ChunkStore, StoredObject, StoredUpload } from "../../src/core/ports/chunk-store.ts";
import type { ByteRange } from "../../src/core/ranges.ts";

export interface StoreFixture extends AsyncDisposable {
  readonly store: ChunkStore;
  /** Takes an upload's bytes away behind the store's back. */
  lose(upload: StoredUpload): Promise<void>;
}

/** A record for `store` that holds nothing yet. */
export function recordFor(store: ChunkStore, changes: Partial<StoredUpload> = {}): StoredUpload {
  const id = changes.id ?? randomUUID();
  const placed = store.place({ id, createdAt: new Date("2026-03-04T23:30:00Z") });
  const nothing = {
    offset: 0,
    beyond: [],
    size: null,
    state: "uploading",
    finished: false,
  } as const;
  return { id, ...placed, ...nothing, ...changes };
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

/** Opens, writes one piece, makes it durable and closes. */
export async function put(
  store: ChunkStore,
  upload: StoredUpload,
  chunk: { position: number; bytes: Uint8Array },
): Promise<void> {
  const { writer } = await store.open(upload);
  await writer.write(chunk.position, chunk.bytes);
  await writer.flush();
  await writer.close();
}

export async function objectsOf(store: ChunkStore, id: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of store.objects()) if (object.uploadId === id) found.push(object);
  return found;
}

export const unavailable = expect.objectContaining({ code: "UNAVAILABLE" });
