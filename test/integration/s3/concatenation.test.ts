import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { md5, type S3Scene, startS3Scene } from "../../support/s3-scene.ts";
import { idOf } from "../../support/tus-service.ts";
import { runTus } from "../../support/tus-upload.ts";

const MIB = 2 ** 20;
let scene: S3Scene;
let to: { endpoint: string; headers: { Authorization: string } };

beforeAll(async () => {
  scene = await startS3Scene();
  const Authorization = `Bearer ${await scene.app.token()}`;
  to = { endpoint: `${scene.app.url}/api/tus`, headers: { Authorization } };
});
beforeEach(() => scene.proxy.reset());
afterAll(() => scene?.[Symbol.asyncDispose]());

async function stored(url: string): Promise<Buffer> {
  const { headers } = to;
  const response = await fetch(`${scene.app.url}/api/uploads/${idOf(url)}/file`, { headers });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe("tus concatenation in a bucket", () => {
  it("reads the bytes of parallel uploads once and writes them once more", async () => {
    const bytes = randomBytes(40 * MIB);
    const { url } = await runTus(bytes, { ...to, parallelUploads: 3 });
    const { requests } = scene.proxy;
    const sum = (name: "bytesWritten" | "bytesRead") =>
      requests.reduce((all, request) => all + request[name], 0);
    // Where one partial ends and the next one begins inside a part of the final, the beginning of that
    // part is saved as a piece, and read again.
    const seams = 2 * 8 * MIB;
    expect(sum("bytesWritten")).toBeLessThanOrEqual(2 * bytes.length + seams);
    expect(sum("bytesRead")).toBeLessThanOrEqual(bytes.length + seams);
    expect(md5(await stored(url))).toBe(md5(bytes));
    const keys = await scene.keys();
    expect(keys.map((key) => key.split("/").at(-1))).toEqual([idOf(url)]);
  });

  it("joins parts that are smaller than a part of the bucket", async () => {
    const bytes = randomBytes(MIB + 5);
    const options = { ...to, parallelUploads: 3, chunkSize: 100_000 };
    const { url } = await runTus(bytes, options);
    expect((await stored(url)).equals(bytes)).toBe(true);
    expect((await scene.keys()).filter((key) => key.startsWith("pieces/"))).toEqual([]);
  });
});
