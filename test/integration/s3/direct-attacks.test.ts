import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc64 } from "../../support/direct-scene.ts";
import type { S3Fault } from "../../support/s3-proxy.ts";
import { type S3Scene, startS3Scene } from "../../support/s3-scene.ts";
import { versitygwPath } from "../../support/s3-server.ts";

const SIZE = 1_000;
const bytes = randomBytes(SIZE);
const other = randomBytes(SIZE);

describe.skipIf(versitygwPath() === null)("calls of uploads.parts", { timeout: 60_000 }, () => {
  let scene: S3Scene;
  beforeAll(async () => {
    scene = await startS3Scene();
  }, 60_000);
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const begin = async () => {
    const { uploads } = scene.app.client(await scene.app.token());
    const { id } = await uploads.init.mutate({ filename: "a", size: SIZE, transfer: "direct" });
    const sign = async (checksum: string) => {
      const { urls } = await uploads.parts.mutate({
        id,
        sign: [{ number: 1, size: SIZE, checksum }],
      });
      return urls;
    };
    const send = async (body: Uint8Array<ArrayBuffer>) => {
      const [request] = await sign(await crc64(body));
      if (request === undefined) throw new Error("no request was signed");
      const { url, headers } = request;
      const response = await fetch(url, { method: "PUT", headers, body });
      return { number: 1, etag: response.headers.get("etag") ?? "" };
    };
    return { uploads, id, sign, send };
  };

  it("that sign a part with another checksum while it is counted leave an upload that can be completed", async () => {
    const { uploads, id, sign, send } = await begin();
    const confirmed = [await send(bytes)];
    let overtaken = false;
    scene.proxy.judge = async ({ method, url }): Promise<S3Fault> => {
      if (overtaken || method !== "GET" || !url.includes("uploadId=")) return "pass";
      overtaken = true;
      await sign(await crc64(other));
      return "pass";
    };
    await expect(uploads.parts.mutate({ id, confirmed })).rejects.toMatchObject({
      data: { upload: { code: "UNAVAILABLE" } },
    });
    expect(overtaken).toBe(true);
    expect((await uploads.parts.mutate({ id, confirmed })).received).toEqual([]);

    const again = [await send(bytes)];
    const counted = await uploads.parts.mutate({ id, confirmed: again });
    expect(counted.received).toEqual([{ number: 1, size: SIZE, checksum: await crc64(bytes) }]);
    const done = await uploads.complete.mutate({ id, checksum: await crc64(bytes) });
    expect(done.status).toBe("complete");
  });

  it.each(["0", "abc", "00", "0".repeat(15), "0".repeat(17), "0".repeat(64)])(
    "that name the checksum %j of another length are refused",
    async (checksum) => {
      const { sign } = await begin();
      await expect(sign(checksum)).rejects.toMatchObject({
        data: { upload: { code: "INVALID_INPUT", field: "sign" } },
      });
    },
  );
});
