import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { md5, type S3Scene, startS3Scene } from "../../support/s3-scene.ts";

const MIB = 2 ** 20;
let scene: S3Scene;

beforeAll(async () => {
  scene = await startS3Scene();
});
beforeEach(() => scene.proxy.reset());
afterAll(() => scene?.[Symbol.asyncDispose]());

function requests(method: string, query: RegExp): number {
  return scene.proxy.requests.filter((each) => each.method === method && query.test(each.url))
    .length;
}

function traffic(): { written: number; read: number } {
  const { requests } = scene.proxy;
  return {
    written: requests.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    read: requests.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
  };
}

describe("uploads to a bucket", () => {
  it("writes a long body in parts of 8 MiB, each byte once", async () => {
    const bytes = randomBytes(20 * MIB + 77);
    const sending = await scene.begin(bytes);
    expect(await sending.put(0, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect(traffic()).toEqual({ written: bytes.length, read: expect.any(Number) });
    expect(requests("PUT", /partNumber=/)).toBe(3);
    expect(requests("POST", /\?uploads/)).toBe(1);
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("writes a small file with one request for its bytes", async () => {
    const bytes = randomBytes(70_000);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    expect(await sending.complete()).toBe("complete");
    expect(requests("PUT", /./)).toBe(1);
    expect(requests("POST", /./)).toBe(0);
    expect((await sending.download()).bytes.equals(bytes)).toBe(true);
  });

  it("stores an empty file", async () => {
    const sending = await scene.begin(new Uint8Array());
    expect(await sending.complete()).toBe("complete");
    expect((await sending.download()).bytes).toHaveLength(0);
  });

  it("takes parallel chunks in any order", async () => {
    const bytes = randomBytes(5 * 8 * MIB - 5);
    const sending = await scene.begin(bytes, { chunkSize: 8 * MIB });
    const starts = [3, 1, 4, 0, 2].map((index) => index * 8 * MIB);
    const put = (start: number) => sending.put(start, Math.min(start + 8 * MIB, bytes.length));
    const answers = await Promise.all(starts.map(put));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
    expect(requests("PUT", /partNumber=/)).toBe(5);
  });

  it("takes parallel chunks that are smaller than a part", async () => {
    const bytes = randomBytes(10 * MIB);
    const sending = await scene.begin(bytes, { chunkSize: MIB });
    const starts = Array.from({ length: 10 }, (_, index) => index * MIB);
    await Promise.all(starts.map((start) => sending.put(start, start + MIB)));
    expect(await sending.offset()).toBe(bytes.length);
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
    expect(traffic().written).toBeLessThanOrEqual(2 * bytes.length);
  });

  it("writes each byte of 64 KiB chunks at most twice and reads it at most once", async () => {
    const bytes = randomBytes(8 * MIB + 3 * 65_536);
    const sending = await scene.begin(bytes, { chunkSize: 65_536 });
    for (let start = 0; start < bytes.length; start += 65_536)
      expect(await sending.put(start, start + 65_536)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    const { written, read } = traffic();
    expect(written).toBeGreaterThan(bytes.length);
    expect(written).toBeLessThanOrEqual(2 * bytes.length);
    expect(read).toBeLessThanOrEqual(bytes.length);
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
    expect((await scene.keys()).filter((key) => key.includes(sending.id))).toHaveLength(1);
  });

  it("keeps what arrived before a connection was cut, and goes on there", async () => {
    const bytes = randomBytes(10 * MIB);
    const sending = await scene.begin(bytes);
    await sending.cut(0, bytes.length, 3 * MIB);
    await expect.poll(() => sending.offset(), { timeout: 10_000 }).toBeGreaterThan(2 * MIB);
    const offset = await sending.offset();
    expect(await sending.put(offset, bytes.length)).toMatchObject({ status: 200 });
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("accepts an upload whose length is declared at the end", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes, { size: null });
    await sending.put(0, bytes.length);
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });

  it("sends ranges of a file", async () => {
    const bytes = randomBytes(9 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    await sending.complete();
    const middle = await sending.download(`bytes=${8 * MIB - 10}-${8 * MIB + 9}`);
    expect(middle.status).toBe(206);
    expect(middle.bytes.equals(bytes.subarray(8 * MIB - 10, 8 * MIB + 10))).toBe(true);
    expect((await sending.download("bytes=-7")).bytes.equals(bytes.subarray(-7))).toBe(true);
  });

  it("goes on after a restart in the middle of an upload", async () => {
    const bytes = randomBytes(18 * MIB);
    const sending = await scene.begin(bytes);
    await sending.put(0, 11 * MIB);
    await scene.app.restart();
    expect(await sending.offset()).toBe(11 * MIB);
    await sending.put(11 * MIB, bytes.length);
    expect(await sending.complete()).toBe("complete");
    expect(md5((await sending.download()).bytes)).toBe(md5(bytes));
  });
});
