import { UploadError } from "../../../src/core/errors.ts";
import { BytesLost } from "../../../src/core/ports/bytes-lost.ts";
import type { StoredUpload } from "../../../src/core/ports/chunk-store.ts";
import { highestHeld } from "../../../src/core/ranges.ts";
import { receivedRanges } from "../../../src/core/upload.ts";
import { Refused } from "./bucket.ts";
import {
  type BucketState,
  freshState,
  gapsOf,
  partsLost,
  readState,
  toJson,
} from "./bucket-state.ts";
import type { BucketMeans } from "./bucket-writer.ts";

/** Completes the multipart upload, or finds that this was done before. Throws BytesLost. */
export async function finishInBucket(means: BucketMeans, upload: StoredUpload): Promise<void> {
  const size = upload.size ?? upload.offset;
  const state = readState(upload.storeState);
  if (size === 0) return finishEmpty(means, upload, state);
  const { multipart } = state;
  if (multipart === null || gapsOf(state, size).length > 0) throw new UploadError("UNAVAILABLE");
  try {
    await complete(means, upload.storageKey, { ...state, multipart });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.missing !== null) throw partsLost(state, multipart, error.missing);
    await requireObject(means, upload, { size, multipart });
  }
  await removeSmall(means, upload.storageKey, state);
}

async function finishEmpty(
  { bucket, now, request }: BucketMeans,
  { storageKey }: StoredUpload,
  { multipart }: BucketState,
): Promise<void> {
  await request("put object", () => bucket.put(storageKey, Buffer.alloc(0), now()));
  if (multipart === null) return;
  await request("abort multipart", () => bucket.multiparts.delete(multipart));
}

async function complete(
  { bucket, now, request }: BucketMeans,
  key: string,
  { multipart, pieces }: BucketState & { multipart: string },
): Promise<void> {
  const gone = await request("list parts", () => {
    if (!bucket.multiparts.has(multipart)) throw new Refused(null);
    return pieces.filter(({ tag, isSmall }) => isSmall && !bucket.objects.has(`${key}/${tag}`));
  });
  if (gone.length > 0) throw new Refused(gone.map(({ tag }) => tag));
  const tags: string[] = [];
  for (const { tag, isSmall } of pieces) {
    const copy = () => bucket.putPart(multipart, bucket.get(`${key}/${tag}`));
    tags.push(isSmall ? await request("put part", copy) : tag);
  }
  await request("complete multipart", () => bucket.complete(multipart, tags, now()));
}

/** The multipart upload is gone: completed before, or lost. */
async function requireObject(
  { bucket, request }: BucketMeans,
  upload: StoredUpload,
  { size, multipart }: { size: number; multipart: string },
): Promise<void> {
  const object = await request("head object", () => bucket.objects.get(upload.storageKey));
  if (object?.bytes.length !== size) throw everythingLost(upload, multipart);
}

export async function removeSmall(
  { bucket, request }: BucketMeans,
  key: string,
  { pieces }: BucketState,
): Promise<void> {
  for (const { tag, isSmall } of pieces)
    if (isSmall) await request("delete object", () => bucket.objects.delete(`${key}/${tag}`));
}

/** The bucket has nothing of the upload any more. */
export function everythingLost(upload: StoredUpload, multipart: string): BytesLost {
  const end = Math.max(upload.size ?? 0, highestHeld(receivedRanges(upload)));
  return new BytesLost({
    ranges: [{ start: 0, end }],
    merge: (value) => (readState(value).multipart === multipart ? toJson(freshState) : null),
  });
}
