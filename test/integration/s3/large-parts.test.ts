import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Bucket } from "../../../src/adapters/s3/bucket.ts";
import { crc32Of } from "../../../src/adapters/s3/checksums.ts";
import type { ChunkStore } from "../../../src/core/ports/chunk-store.ts";
import { ContractRecord, recordFor } from "../../contract/chunk-store.fixture.ts";
import { largeParts, type S3StoreScene, startS3StoreScene } from "../../support/s3-store-scene.ts";

const MIB = 2 ** 20;
const PART_BYTES = 16 * MIB;
let scene: S3StoreScene;
let bucket: Bucket;
let store: ChunkStore;

beforeAll(async () => {
  scene = await startS3StoreScene();
  bucket = scene.bucket;
  store = scene.storeWith(largeParts);
});
afterAll(() => scene?.[Symbol.asyncDispose]());

/** The lengths of the parts that were sent, as often as each was sent. */
const partsSent = () =>
  scene.proxy.requests
    .filter(({ method, url }) => method === "PUT" && url.includes("partNumber="))
    .map(({ bytesWritten }) => bytesWritten);

it.each([
  { way: "in its order", order: [0, 1, 2, 3] },
  { way: "in any order", order: [3, 1, 2, 0] },
])("stores a file in parts of 16 MiB whose blocks arrive $way", async ({ order }) => {
  scene.proxy.reset();
  const bytes = randomBytes(2 * PART_BYTES - 3);
  const record = new ContractRecord(store, recordFor(store, { size: bytes.length }));
  for (const block of order)
    await record.put(block * 8 * MIB, bytes.subarray(block * 8 * MIB, (block + 1) * 8 * MIB));
  expect(partsSent().sort()).toEqual([PART_BYTES - 3, PART_BYTES]);
  const stored = await record.read({ start: 0, end: bytes.length });
  expect(sha256(stored)).toBe(sha256(bytes));
});

it.each([1_000, 8_191, 70_000])("sends a stream of chunks of %i bytes as a part", async (chunk) => {
  const bytes = randomBytes(300_000);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const at = { key: `chunks-of-${chunk}`, id: "" };
  at.id = await bucket.multipart.create(at.key, "token");
  const crc32 = await crc32Of(chunks());
  const body = { stream: chunks(), bytes: bytes.length, crc32 };
  const etag = await bucket.multipart.uploadPart({ ...at, number: 1 }, body);
  await bucket.multipart.complete(at, new Map([[1, etag]]));
  const stored = await bucket.get(at.key, { start: 0, end: bytes.length });
  expect(sha256(Buffer.concat(await stored.toArray()))).toBe(sha256(bytes));
});

it("has the service refuse a part whose bytes differ from its checksum", async () => {
  async function* chunks() {
    yield randomBytes(100_000);
  }
  const at = { key: "other-bytes", id: await bucket.multipart.create("other-bytes", "token") };
  const body = { stream: chunks(), bytes: 100_000, crc32: await crc32Of(chunks()) };
  await expect(bucket.multipart.uploadPart({ ...at, number: 1 }, body)).rejects.toThrow(
    /checksum|CRC32/i,
  );
});

it("reports the error of a stream that fails in the middle of a part", async () => {
  const lost = new Error("a piece is lost");
  async function* chunks() {
    yield randomBytes(100_000);
    throw lost;
  }
  const at = { key: "failing", id: await bucket.multipart.create("failing", "token") };
  const body = { stream: chunks(), bytes: 200_000, crc32: "AAAAAA==" };
  await expect(bucket.multipart.uploadPart({ ...at, number: 1 }, body)).rejects.toBe(lost);
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
