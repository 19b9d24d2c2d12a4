import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { Bucket } from "../../src/adapters/s3/bucket.ts";
import { createS3Store } from "../../src/adapters/s3/s3-store.ts";
import { recordingLog } from "../support/recording-log.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { chunkStoreContract } from "./chunk-store.contract.ts";

let server: S3Server;

beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server?.[Symbol.asyncDispose]());

chunkStoreContract("S3 store", async () => {
  const name = `bucket-${randomUUID()}`;
  await server.createBucket(name);
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const bucket = new Bucket({
    bucket: name,
    region: "us-east-1",
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    prefix: "below/",
  });
  const store = createS3Store({
    bucket,
    pathTemplate: "uploads/%Y/%m/%d",
    equalParts: false,
    newName: () => randomUUID().replaceAll("-", ""),
    log: recordingLog(),
  });
  return {
    store,
    findsLossAtFinish: true,
    lose: (upload) => store.remove(upload),
    [Symbol.asyncDispose]: async () => bucket.close(),
  };
});
