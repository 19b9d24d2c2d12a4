import { UploadError } from "../../../src/core/errors.ts";
import type {
  ChunkStore,
  Remember,
  StoredObject,
  StoredUpload,
} from "../../../src/core/ports/chunk-store.ts";
import { highestHeld } from "../../../src/core/ranges.ts";
import { receivedRanges } from "../../../src/core/upload.ts";
import { Bucket } from "./bucket.ts";
import { everythingLost, finishInBucket, removeSmall } from "./bucket-finish.ts";
import { type BucketState, freshState, readState, toJson } from "./bucket-state.ts";
import { type BucketMeans, BucketWriter } from "./bucket-writer.ts";

export interface BucketStoreOptions {
  readonly bucket?: Bucket;
  readonly partBytes?: number;
  readonly now?: () => Date;
  /** Called before each request, and after it had its effect: may wait, or throw. */
  readonly before?: (name: string) => Promise<void>;
  readonly after?: (name: string) => Promise<void>;
}

/** Bytes of a read at a time. */
const BLOCK_BYTES = 128 * 1024;

/**
 * A store with state, for tests: an upload is a multipart upload in a bucket, and only the record knows
 * its parts. What was not flushed is lost, nothing can be read before `finish`, and `finish` fails when
 * the bucket does not have a part that the record names.
 */
export function createBucketStore(options: BucketStoreOptions = {}): ChunkStore {
  const { bucket = new Bucket(), partBytes = 64 * 1024, now = () => new Date(0) } = options;
  const { before = async () => {}, after = async () => {} } = options;
  const request = async <T>(name: string, work: () => T) => {
    await before(name);
    const result = work();
    await after(name);
    return result;
  };
  const means: BucketMeans = { bucket, partBytes, now, request };
  const abort = (id: string) => request("abort multipart", () => bucket.multiparts.delete(id));

  /** The state once it names a multipart upload. Of several writers that create one, one is kept. */
  async function agree(upload: StoredUpload, remember: Remember): Promise<BucketState> {
    const seen = readState(upload.storeState);
    if (seen.multipart !== null) return seen;
    const mine = await request("create multipart", () =>
      bucket.createMultipart(upload.storageKey, now()),
    );
    const { storeState } = await remember((value) =>
      readState(value).multipart === null
        ? toJson({ ...readState(value), multipart: mine })
        : value,
    );
    const state = readState(storeState);
    if (state.multipart !== mine) await abort(mine);
    return state;
  }

  async function open(upload: StoredUpload, remember: Remember) {
    const state = await agree(upload, remember);
    const { multipart } = state;
    if (multipart === null) throw new UploadError("UNAVAILABLE");
    const isThere = await request("list parts", () => bucket.multiparts.has(multipart));
    if (!isThere) throw everythingLost(upload, multipart);
    const writer = new BucketWriter(means, { key: upload.storageKey, state, multipart });
    return { writer, length: highestHeld(receivedRanges(upload)) };
  }

  const remove = (key: string) => request("delete object", () => bucket.objects.delete(key));

  async function removeAll({ storageKey }: Pick<StoredUpload, "storageKey">): Promise<void> {
    for (const [id, { key }] of [...bucket.multiparts]) if (key === storageKey) await abort(id);
    for (const key of [...bucket.objects.keys()]) {
      if (key === storageKey || key.startsWith(`${storageKey}/`)) await remove(key);
    }
  }

  return {
    capabilities: {
      ...{ minChunkBytes: 1, maxChunkBytes: 5 * 2 ** 30, maxChunks: 10_000, randomWrites: true },
      ...{ stage: { bytes: 1, ms: Number.POSITIVE_INFINITY }, readsUnfinished: false },
    },
    place: ({ id }) => ({ storageKey: `bucket/${id}`, storeState: toJson(freshState) }),
    open,
    length: (upload) => request("head object", () => lengthOf(bucket, upload)),
    async *read(upload, range) {
      for (let at = range.start; at < range.end; at += BLOCK_BYTES) {
        const bytes = await request("get object", () => bucket.get(upload.storageKey));
        if (bytes.length < range.end) throw new UploadError("UNAVAILABLE");
        yield Uint8Array.from(bytes.subarray(at, Math.min(range.end, at + BLOCK_BYTES)));
      }
    },
    cutBeyond: async () => {},
    finish: (upload) => finishInBucket(means, upload),
    async discard(upload) {
      const state = readState(upload.storeState);
      if (state.multipart !== null) await abort(state.multipart);
      await removeSmall(means, upload.storageKey, state);
    },
    remove: removeAll,
    objects: () => objectsOf(bucket, before),
    accountsFor: (upload, { key }) => {
      const { multipart, pieces } = readState(upload.storeState);
      const isNamed = key === multipart || pieces.some(({ tag }) => key.endsWith(`/${tag}`));
      return isNamed && !upload.finished;
    },
    removeObject: async (name) => {
      if (bucket.multiparts.has(name)) await abort(name);
      else await remove(name);
    },
    requireRoom: async () => {},
    makeRoom: (work) => work(),
    probe: () => before("head bucket"),
  };
}

function lengthOf(bucket: Bucket, upload: StoredUpload): number {
  const object = bucket.objects.get(upload.storageKey);
  if (object !== undefined) return object.bytes.length;
  const { multipart, pieces } = readState(upload.storeState);
  if (multipart === null || !bucket.multiparts.has(multipart)) return 0;
  return highestHeld(pieces);
}

async function* objectsOf(
  bucket: Bucket,
  before: (name: string) => Promise<void>,
): AsyncGenerator<StoredObject> {
  await before("list objects");
  for (const [key, { bytes, modifiedAt }] of [...bucket.objects]) {
    const [, uploadId = null, small] = key.split("/");
    const kind = small === undefined ? "finished" : "unfinished";
    yield { key, bytes: bytes.length, modifiedAt, uploadId, kind };
  }
  await before("list multiparts");
  for (const [id, { key, parts, startedAt }] of [...bucket.multiparts]) {
    const bytes = [...parts.values()].reduce((sum, part) => sum + part.bytes.length, 0);
    const uploadId = key.split("/")[1] ?? null;
    yield { key: id, bytes, modifiedAt: startedAt, uploadId, kind: "unfinished" };
  }
}
