import type { Bucket } from "./bucket.ts";
import { storeFailure, unlessMissing } from "./failure.ts";
import { readObject } from "./read-object.ts";

const IDENTITY = "store-id";
const DRAFT = `${IDENTITY}.proposed`;
/** More than an id is long. */
const MOST_BYTES = 1_024;

/** The identity of the store below the bucket's prefix, as an object: see `StoreIdentity`. Throws UNAVAILABLE. */
export function bucketIdentity(bucket: Bucket) {
  const readId = async (key: string) => {
    const bytes = await unlessMissing(contentOf(bucket, key));
    return bytes?.toString("utf8").trim() || null;
  };
  return {
    read: () => translated(() => readId(IDENTITY)),
    proposed: () => translated(() => readId(DRAFT)),
    propose: (id: string) =>
      translated(async () => {
        await bucket.put(DRAFT, Buffer.from(`${id}\n`));
      }),
    record: () =>
      translated(async () => {
        await bucket.put(IDENTITY, await contentOf(bucket, DRAFT));
        await bucket.delete(DRAFT);
      }),
  };
}

async function contentOf(bucket: Bucket, key: string): Promise<Buffer> {
  const facts = await bucket.head(key);
  const end = Math.min(facts?.bytes ?? 1, MOST_BYTES);
  const pieces: Uint8Array[] = [];
  for await (const bytes of readObject(bucket, key, { start: 0, end })) pieces.push(bytes);
  return Buffer.concat(pieces);
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error);
  }
}
