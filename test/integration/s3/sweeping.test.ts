import { randomBytes, randomUUID } from "node:crypto";
import { readdir, utimes } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bucket } from "../../../src/adapters/s3/bucket.ts";
import { expire } from "../../support/edit-records.ts";
import { md5, type S3Scene, startS3Scene } from "../../support/s3-scene.ts";

const MIB = 2 ** 20;
let scene: S3Scene;

beforeAll(async () => {
  scene = await startS3Scene();
});
afterAll(() => scene?.[Symbol.asyncDispose]());

/** Everything that is not finished: multipart uploads are directories of versitygw. */
async function unfinished(): Promise<string[]> {
  const multiparts = await readdir(path.join(scene.bucket, ".sgwtmp", "multipart")).catch(() => []);
  return [...(await scene.keys()).filter((key) => key.startsWith("pieces/")), ...multiparts];
}

function sweep() {
  return scene.app.application.core.administration.sweep({ orphans: true });
}

/** Dates all objects of the bucket two days back. */
async function age(): Promise<void> {
  const longAgo = new Date(Date.now() - 2 * 86_400_000);
  for (const name of await readdir(scene.bucket, { recursive: true }))
    await utimes(path.join(scene.bucket, name), longAgo, longAgo);
}

describe("an ended upload", () => {
  it("leaves nothing in the bucket when it is deleted", async () => {
    const bytes = randomBytes(10 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, 9 * MIB);
    expect((await unfinished()).length).toBeGreaterThanOrEqual(2);
    await sending.delete();
    expect(await unfinished()).toEqual([]);
    expect(await scene.keys()).toEqual([]);
  });

  it("leaves nothing in the bucket when it was finished and is deleted", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    await sending.complete();
    expect(await scene.keys()).toHaveLength(1);
    await sending.delete();
    expect(await scene.keys()).toEqual([]);
  });

  it("leaves nothing in the bucket when it expires", async () => {
    const bytes = randomBytes(10 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, 9 * MIB);
    const small = await scene.begin(randomBytes(1_000));
    await small.put(0, 500);
    await expire(scene.app, sending.id);
    await expire(scene.app, small.id);
    await sweep();
    expect(await unfinished()).toEqual([]);
    expect(await scene.keys()).toEqual([]);
  });
});

describe("objects that no record accounts for", () => {
  it("are removed once they are old, and a finished upload stays", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    await sending.complete();
    const open = await scene.begin(bytes);
    await open.put(0, bytes.length - 5);
    const { endpoint, accessKeyId, secretAccessKey } = scene.server;
    const credentials = { accessKeyId, secretAccessKey };
    const where = { bucket: "files", region: "us-east-1", endpoint, forcePathStyle: true };
    const bucket = new Bucket({ ...where, credentials, prefix: "" });
    const unknown = randomUUID();
    await bucket.put(`pieces/${unknown}/token/0-5-name`, Buffer.from("lost!"));
    await bucket.put(`pieces/${sending.id}/token/0-5-name`, Buffer.from("lost!"));
    await bucket.multipart.create(`chunked_uploads/2026/11/30/${unknown}`, "token");
    await age();
    const before = await unfinished();
    await sweep();
    bucket.close();
    expect(before.length - (await unfinished()).length).toBe(3);
    await open.put(bytes.length - 5, bytes.length);
    expect(await open.complete()).toBe("complete");
    for (const each of [sending, open]) expect(md5((await each.download()).bytes)).toBe(md5(bytes));
    expect(await unfinished()).toEqual([]);
  });
});
