import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { md5, type S3Scene, startS3Scene } from "../../support/s3-scene.ts";

const MIB = 2 ** 20;
let scene: S3Scene;

beforeAll(async () => {
  scene = await startS3Scene();
});
beforeEach(() => scene.proxy.reset());
afterEach(() => {
  scene.proxy.judge = () => "pass";
});
afterAll(() => scene?.[Symbol.asyncDispose]());

/** Disturbs the first `times` requests that match. */
function disturb(fault: "lose response" | "cut", matches: RegExp, times: number): void {
  let left = times;
  scene.proxy.judge = ({ method, url }) => {
    if (left === 0 || !matches.test(`${method} ${url}`)) return "pass";
    left -= 1;
    return fault;
  };
}

describe("faults of the bucket", () => {
  it("responds 503 with Retry-After while the service is down, and goes on afterwards", async () => {
    const bytes = randomBytes(12 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, 5 * MIB);
    await scene.server.stop();
    const failed = await sending.put(5 * MIB, bytes.length);
    expect(failed).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    const ready = await fetch(`${scene.app.url}/api/ready`);
    expect(ready.status).toBe(503);
    await scene.server.start();
    expect(await sending.offset()).toBe(5 * MIB);
    expect(await sending.put(5 * MIB, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("finishes although the responses to the completion were lost", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    // The SDK tries three times.
    disturb("lose response", /^POST .*uploadId=/, 3);
    await sending.complete().catch(() => undefined);
    scene.proxy.judge = () => "pass";
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("uploads a part again when its response was lost", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes);
    disturb("lose response", /^PUT .*partNumber=1/, 1);
    expect(await sending.put(0, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("keeps the bytes of a small file whose response was lost", async () => {
    const bytes = randomBytes(5_000);
    const sending = await scene.begin(bytes);
    disturb("lose response", /^PUT /, 1);
    expect(await sending.put(0, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect((await sending.download()).bytes.equals(bytes)).toBe(true);
  });

  it("asks for the bytes of a part that is gone, and completes when they are sent again", async () => {
    const bytes = randomBytes(25 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    await rm(path.join(await multipartDirectory(), "2"), { recursive: true });
    await expect(sending.complete()).rejects.toMatchObject({
      data: { upload: { code: "INCOMPLETE", missing: [[8 * MIB, 16 * MIB]] } },
    });
    expect(await sending.offset()).toBe(8 * MIB);
    await sending.put(8 * MIB, 16 * MIB);
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("begins again when the multipart upload is gone", async () => {
    const bytes = randomBytes(17 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, 9 * MIB);
    await rm(await multipartDirectory(), { recursive: true });
    expect((await sending.put(9 * MIB, bytes.length)).status).toBe(400);
    const offset = await sending.offset();
    expect(offset).toBe(0);
    expect(await sending.put(0, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("asks for the bytes of a piece that is gone", async () => {
    const bytes = randomBytes(100_000);
    const sending = await scene.begin(bytes);
    await sending.put(0, 40_000);
    const pieces = (await scene.keys()).filter((key) => key.includes(sending.id));
    expect(pieces).toHaveLength(1);
    for (const piece of pieces) await rm(path.join(scene.bucket, piece));
    expect((await sending.put(40_000, bytes.length)).status).toBe(400);
    expect(await sending.offset()).toBe(0);
    await sending.put(0, bytes.length);
    expect(await sending.complete()).toBe("complete");
    expect((await sending.download()).bytes.equals(bytes)).toBe(true);
  });

  /** Where versitygw keeps the parts of the only multipart upload that is not ended. */
  async function multipartDirectory(): Promise<string> {
    const below = path.join(scene.bucket, ".sgwtmp", "multipart");
    for (const object of await readdir(below)) {
      const [upload] = await readdir(path.join(below, object));
      if (upload !== undefined) return path.join(below, object, upload);
    }
    throw new Error("there is no multipart upload");
  }
});
