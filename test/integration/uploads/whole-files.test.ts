import { describe, expect, it } from "vitest";
import { beginUpload, expectWhole } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { chunksOf, inLanes } from "../../support/chunk-sender.ts";
import { chance, randomFile, runSeed } from "../../support/random-file.ts";

const CHUNK = 65_536;

async function begin(app: BootedApp, size: number, init: { chunkSize?: number } = {}) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const file = randomFile(size, size);
  return beginUpload({ url: app.url, headers, file, init: { chunkSize: CHUNK, ...init } });
}

describe("a script with a token", () => {
  it("begins, sends chunk after chunk and completes", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 10 * CHUNK + 12_345);
    expect(upload.view).toMatchObject({
      offset: 0,
      received: [],
      prefix: null,
      status: "uploading",
    });
    for (const chunk of chunksOf(upload.file, CHUNK)) {
      const answer = await upload.send(chunk);
      expect(answer.status).toBe(200);
      expect(answer.headers["upload-offset"]).toBe(String(chunk.end));
      expect(answer.headers["upload-length"]).toBe(String(upload.file.size));
      expect(answer.json()).toMatchObject({ id: upload.id, offset: chunk.end, status: 1 });
    }
    const completed = await upload.complete();
    expect(completed).toMatchObject({
      status: "complete",
      completion: "done",
      checksum: upload.file.digest(),
      checksumAlgorithm: "md5",
      offset: upload.file.size,
      fileUrl: `${app.url}/api/uploads/${upload.id}/file`,
    });
    await expectWhole(upload);
  });

  it("sends chunks in any length while it goes on at the offset", async () => {
    const seed = runSeed();
    await using app = await bootApp();
    const upload = await begin(app, 700_001);
    const { int } = chance(seed);
    for (let start = 0; start < upload.file.size; ) {
      const end = Math.min(start + int(1, 150_000), upload.file.size);
      expect((await upload.send({ start, end })).status, `seed ${seed}`).toBe(200);
      start = end;
    }
    await upload.complete();
    await expectWhole(upload);
  });

  it.each([1, 2, 3, 4, 5])(
    "sends all chunks in a random order, three at once (run %i)",
    async (run) => {
      const seed = runSeed() + run;
      await using app = await bootApp();
      const upload = await begin(app, 40 * CHUNK + 777);
      const order = chance(seed).shuffle(chunksOf(upload.file, CHUNK));
      await inLanes(order, 3, async (chunk) => {
        const answer = await upload.send(chunk);
        expect(answer.status, `seed ${seed}: ${answer.body}`).toBe(200);
      });
      const { received, offset } = await upload.status();
      expect({ received, offset }, `seed ${seed}`).toEqual({
        received: [[0, upload.file.size]],
        offset: upload.file.size,
      });
      expect(await upload.complete(upload.file.digest())).toMatchObject({ status: "complete" });
      await expectWhole(upload);
    },
  );

  it("sends all chunks at once, last first", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 24 * CHUNK);
    const answers = await Promise.all(chunksOf(upload.file, CHUNK).reverse().map(upload.send));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await upload.complete();
    await expectWhole(upload);
  });

  it("completes an empty file", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 0);
    expect(await upload.complete()).toMatchObject({ size: 0, offset: 0, status: "complete" });
    expect((await upload.download()).length).toBe(0);
  });

  it.each(["sha256", "sha1", "sha512", "blake2b512"])("verifies a file by %s", async (name) => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}` };
    const file = randomFile(300_000, 9);
    const checksumAlgorithm = name === "blake2b512" ? "blake2b" : name;
    const upload = await beginUpload({
      url: app.url,
      headers,
      file,
      init: { chunkSize: CHUNK, checksumAlgorithm },
    });
    for (const chunk of chunksOf(file, CHUNK)) await upload.send(chunk);
    const digest = file.digest(name).toUpperCase();
    expect(await upload.complete(digest)).toMatchObject({ status: "complete", checksumAlgorithm });
  });

  it("begins in one door, continues in another session and is found by name and size", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK);
    await upload.send({ start: 0, end: CHUNK });
    const other = app.client({ cookie: await app.sessionCookie() });
    const { name, size } = upload.file;
    const [found] = await other.uploads.resumable.query({ filename: name, size });
    expect(found).toMatchObject({ id: upload.id, offset: CHUNK });
    expect(found?.prefix).toEqual({ length: CHUNK, checksum: upload.file.digest("md5", CHUNK) });
  });
});
