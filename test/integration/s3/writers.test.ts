import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Bucket } from "../../../src/adapters/s3/bucket.ts";
import { type BytesLost, isBytesLost } from "../../../src/core/ports/bytes-lost.ts";
import type { ChunkStore } from "../../../src/core/ports/chunk-store.ts";
import { ContractRecord, recordFor } from "../../contract/chunk-store.fixture.ts";
import type { S3Proxy } from "../../support/s3-proxy.ts";
import { largeParts, type S3StoreScene, startS3StoreScene } from "../../support/s3-store-scene.ts";

const MIB = 2 ** 20;
let scene: S3StoreScene;
let proxy: S3Proxy;
let bucket: Bucket;
let store: ChunkStore;
/** Its parts have more than 8 MiB. */
let storeOfLargeParts: ChunkStore;

beforeAll(async () => {
  scene = await startS3StoreScene();
  ({ proxy, bucket } = scene);
  store = scene.storeWith();
  storeOfLargeParts = scene.storeWith(largeParts);
});
beforeEach(() => {
  proxy.judge = () => "pass";
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const recordOf = (size: number, of = store) => new ContractRecord(of, recordFor(of, { size }));

/** What a writer sends that is overtaken before it can commit. */
async function sendInVain(record: ContractRecord, bytes: Uint8Array): Promise<void> {
  const { writer } = await record.open();
  await writer.write(0, bytes);
  await writer.flush();
  await writer.close();
}

async function lossOf(work: Promise<unknown>): Promise<BytesLost> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isBytesLost(error)) throw new Error(`no BytesLost but ${error}`);
  return error;
}

/** Applies the loss to the record's state, as the core does. */
function cut(record: ContractRecord, { lost }: BytesLost): void {
  const storeState = lost.merge(record.upload.storeState);
  expect(storeState).not.toBeNull();
  record.upload = { ...record.upload, storeState };
}

describe("a writer that is overtaken", () => {
  it("replaces a recorded part: it counts as lost, and the file is right once it is sent again", async () => {
    const bytes = randomBytes(9 * MIB);
    const record = recordOf(bytes.length);
    await record.put(0, bytes.subarray(0, 8 * MIB));
    await record.put(8 * MIB, bytes.subarray(8 * MIB));
    await sendInVain(record, randomBytes(8 * MIB));
    const loss = await lossOf(store.finish(record.upload));
    expect(loss.lost.ranges).toMatchObject([{ start: 0, end: 8 * MIB }]);
    cut(record, loss);
    await record.put(0, bytes.subarray(0, 8 * MIB));
    expect((await record.read({ start: 0, end: bytes.length })).equals(bytes)).toBe(true);
  });

  it("replaces a recorded part by the same bytes: the file is right at once", async () => {
    const bytes = randomBytes(9 * MIB);
    const record = recordOf(bytes.length);
    await record.put(0, bytes.subarray(0, 8 * MIB));
    await sendInVain(record, bytes.subarray(0, 8 * MIB));
    await record.put(8 * MIB, bytes.subarray(8 * MIB));
    expect((await record.read({ start: 0, end: bytes.length })).equals(bytes)).toBe(true);
  });

  it("leaves an object of a small file that never counts as the file", async () => {
    const bytes = randomBytes(5_000);
    const record = recordOf(bytes.length);
    await sendInVain(record, randomBytes(bytes.length));
    await record.put(0, bytes);
    proxy.judge = ({ method }) => (method === "PUT" ? "cut" : "pass");
    await expect(store.finish(record.upload)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    proxy.judge = () => "pass";
    expect((await record.read({ start: 0, end: bytes.length })).equals(bytes)).toBe(true);
  });
});

describe("a flush that combines a piece that is gone", () => {
  it.each([
    { parts: "of 8 MiB", large: false, size: 9 * MIB, first: 3 * MIB, end: 8 * MIB },
    { parts: "that are larger", large: true, size: 20 * MIB, first: 8 * MIB, end: 10 * MIB },
  ])("reports it as lost, with parts $parts", async ({ large, size, first, end }) => {
    const of = large ? storeOfLargeParts : store;
    const bytes = randomBytes(size);
    const record = recordOf(size, of);
    await record.put(0, bytes.subarray(0, first));
    for await (const { key } of bucket.list(`pieces/${record.upload.id}/`))
      await bucket.delete(key);
    const { writer } = await record.open();
    await writer.write(first, bytes.subarray(first, end)).catch(() => undefined);
    const loss = await lossOf(writer.flush());
    await writer.close();
    expect(loss.lost.ranges).toMatchObject([{ start: 0, end: first }]);
    cut(record, loss);
  });
});
