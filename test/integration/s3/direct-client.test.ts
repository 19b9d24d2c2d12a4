import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
import {
  countTraffic,
  crc64,
  type DirectScene,
  openDirectScene,
} from "../../support/direct-scene.ts";
import { versitygwPath } from "../../support/s3-server.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const MIB = 2 ** 20;
const quick = { baseMs: 10, maxMs: 100 };

/** A `fetch` that counts the parts for which requests are asked, and may change a response. */
function spyingFetch(change: (body: string) => string = (body) => body) {
  const signed: number[] = [];
  const carrier: typeof fetch = async (input, init) => {
    const isParts = String(input).includes("uploads.parts");
    const asked = isParts ? String(init?.body ?? "") : "";
    for (const [, numbers = ""] of asked.matchAll(/"sign":\[(.*?)\]/g))
      for (const [, number] of numbers.matchAll(/"number":(\d+)/g)) signed.push(Number(number));
    const response = await fetch(input, init);
    return isParts ? new Response(change(await response.text()), response) : response;
  };
  return { signed, fetch: carrier };
}

describe.skipIf(versitygwPath() === null)("the Node client's direct uploads", () => {
  let scene: DirectScene;

  beforeAll(async () => {
    scene = await openDirectScene();
  }, 60_000);
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it("send a file of several parts past the server", { timeout: 60_000 }, async () => {
    const { url } = scene.app;
    const token = await scene.app.token();
    const traffic = countTraffic(scene.app);
    const bytes = randomBytes(37 * MIB + 17);
    const client = createUploadClient({ url, token, resume: false, transfer: "auto" });
    const view = await client.upload(new Blob([bytes]), { filename: "a.bin" }).done;
    expect(view).toMatchObject({
      transfer: "direct",
      verifiedBy: "store",
      checksumAlgorithm: "crc64nvme",
      checksum: await crc64(bytes),
      size: bytes.length,
    });
    expect(traffic()).toBeLessThan(32 * 1024);
    const file = await fetch(view.fileUrl ?? "", { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it("go to the name by which clients reach the service", { timeout: 60_000 }, async () => {
    const origin = scene.s3.endpoint.replace("127.0.0.1", "localhost");
    await using app = await scene.boot({ env: { S3_PUBLIC_ENDPOINT: origin } });
    const origins = new Set<string>();
    const { fetch } = spyingFetch((body) => {
      for (const [, url = ""] of body.matchAll(/"url":"([^"]+)"/g))
        origins.add(new URL(url).origin);
      return body;
    });
    const settings = { url: app.url, token: await app.token(), resume: false as const, fetch };
    const client = createUploadClient({ ...settings, transfer: "direct" });
    const view = await client.upload(new Blob([randomBytes(9 * MIB)]), { filename: "a" }).done;
    expect(view.transfer).toBe("direct");
    expect([...origins]).toEqual([origin]);
  });

  it("go on where an earlier process was killed", { timeout: 60_000 }, async () => {
    await using directory = await tempDirectory();
    const token = await scene.app.token();
    const bytes = randomBytes(80 * MIB);
    const blob = new Blob([bytes]);
    const options = { url: scene.app.url, token, resume: directory.path };
    const first = createUploadClient({ ...options, transfer: "direct" });
    const begun = first.upload(blob, { filename: "b.bin" });
    await new Promise<void>((resolve) => {
      begun.subscribe(() => {
        if (begun.snapshot().acknowledged >= 32 * MIB) resolve();
      });
    });
    begun.pause();

    const spy = spyingFetch();
    const second = createUploadClient({ ...options, fetch: spy.fetch });
    const view = await second.upload(blob, { filename: "b.bin" }).done;
    expect(view).toMatchObject({ transfer: "direct", checksum: await crc64(bytes) });
    // Ten parts: the four that had arrived are not sent again, though the server had not counted all.
    expect(spy.signed.length).toBeLessThanOrEqual(6);
    const { items } = await scene.app.client(token).uploads.list.query({ search: "b.bin" });
    expect(items).toHaveLength(1);
  });

  it("begin another upload for another file of the same name and size", async () => {
    await using directory = await tempDirectory();
    const token = await scene.app.token();
    const files = [randomBytes(17 * MIB), randomBytes(17 * MIB)] as const;
    const options = { url: scene.app.url, token, resume: directory.path };
    const client = createUploadClient({ ...options, transfer: "direct" });
    const begun = client.upload(new Blob([files[0]]), { filename: "c.bin" });
    await new Promise<void>((resolve) => {
      begun.subscribe(() => {
        if (begun.snapshot().acknowledged > 0) resolve();
      });
    });
    begun.pause();
    const view = await client.upload(new Blob([files[1]]), { filename: "c.bin" }).done;
    expect(view.checksum).toBe(await crc64(files[1]));
  });

  it("have a request signed again that the bucket refuses as expired", async () => {
    const token = await scene.app.token();
    const bytes = randomBytes(9 * MIB);
    let changed = 0;
    const spy = spyingFetch((body) => {
      if (changed > 0 || !body.includes("X-Amz-Date")) return body;
      changed += 1;
      return body.replaceAll(/X-Amz-Date=\d{8}T/g, "X-Amz-Date=20200101T");
    });
    const client = createUploadClient({
      url: scene.app.url,
      token,
      resume: false,
      transfer: "direct",
      retry: quick,
      fetch: spy.fetch,
    });
    const view = await client.upload(new Blob([bytes]), { filename: "d.bin" }).done;
    expect(view.checksum).toBe(await crc64(bytes));
    expect(spy.signed.sort()).toEqual([1, 1, 2, 2]);
  });

  it("send streams and empty files through the server", async () => {
    const token = await scene.app.token();
    const client = createUploadClient({
      url: scene.app.url,
      token,
      resume: false,
      transfer: "direct",
    });
    for (const source of [new Blob(["a few bytes"]).stream(), new Blob([])]) {
      const view = await client.upload(source, { filename: "e.bin" }).done;
      expect(view).toMatchObject({ transfer: "server", verifiedBy: "server" });
    }
  });
});
