import { randomUUID } from "node:crypto";
import { Bucket } from "../../src/adapters/s3/bucket.ts";
import { createS3Store, type S3StoreOptions } from "../../src/adapters/s3/s3-store.ts";
import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import { recordingLog } from "./recording-log.ts";
import { type S3Proxy, startS3Proxy } from "./s3-proxy.ts";
import { startS3Server } from "./s3-server.ts";

const MIB = 2 ** 20;

/** Limits under which an upload of 32 MiB has parts of 16 MiB, which are larger than a block. */
export const largeParts = {
  limits: { maxPartBytes: 64 * MIB, maxParts: 2, maxObjectBytes: 128 * MIB },
};

/** The S3 store on a bucket of its own, without a server. */
export interface S3StoreScene extends AsyncDisposable {
  /** Between the store and the bucket; it also cuts responses into small chunks. */
  readonly proxy: S3Proxy;
  readonly bucket: Bucket;
  storeWith(options?: Partial<S3StoreOptions>): ChunkStore;
}

export async function startS3StoreScene(): Promise<S3StoreScene> {
  const server = await startS3Server();
  const proxy = await startS3Proxy(server.endpoint);
  await server.createBucket("files");
  const { accessKeyId, secretAccessKey } = server;
  const bucket = new Bucket({
    ...{ bucket: "files", region: "us-east-1", endpoint: proxy.url },
    ...{ credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true, prefix: "" },
  });
  return {
    proxy,
    bucket,
    storeWith: (options) =>
      createS3Store({
        ...{ bucket, pathTemplate: "uploads", equalParts: false },
        ...{ newName: () => randomUUID().replaceAll("-", ""), log: recordingLog() },
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      bucket.close();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
