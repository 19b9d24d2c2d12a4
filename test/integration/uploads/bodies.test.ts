import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem, expectWhole, refusal } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { beginChunk, contentDigest, sendChunk } from "../../support/chunk-sender.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";

const CHUNK = 65_536;
const MIB = 2 ** 20;
const patience = { timeout: 20_000 };

async function begin(app: BootedApp, size: number, init: { size?: number | null } = {}) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const file = randomFile(size, size);
  return beginUpload({ url: app.url, headers, file, init: { chunkSize: CHUNK, ...init } });
}

describe("a body whose line is cut", () => {
  it("keeps all that arrived when it continued the prefix", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 24 * MIB);
    const cut = 20 * MIB + 123;
    const chunk = await beginChunk(upload.target, upload.file, {
      ...{ start: 0, end: upload.file.size },
      bytes: cut,
    });
    // What has arrived is committed in stages while the body still flows.
    await expect
      .poll(async () => (await upload.status()).offset, patience)
      .toBeGreaterThanOrEqual(16 * MIB);
    chunk.cut();
    await expect.poll(async () => (await upload.status()).offset, patience).toBe(cut);
    const { prefix } = await upload.status();
    expect(prefix).toEqual({ length: cut, checksum: upload.file.digest("md5", cut) });
    await upload.send({ start: cut, end: upload.file.size });
    await upload.complete();
    await expectWhole(upload);
  });

  it("counts nothing of a body that carries a digest", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 20 * CHUNK);
    const digest = "sha-256" as const;
    const chunk = await beginChunk(upload.target, upload.file, {
      ...{ start: 0, end: 10 * CHUNK, digest },
      bytes: 5 * CHUNK,
    });
    chunk.cut();
    // A newer request is served once the older one has ended.
    const next = await upload.send({ start: 0, end: 10 });
    expect(next.json()).toMatchObject({ offset: 10, received: [[0, 10]] });
    await upload.send({ start: 10, end: upload.file.size, digest });
    await upload.complete();
    await expectWhole(upload);
  });

  it("counts nothing of a body that came out of order", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 10 * CHUNK);
    const chunk = await beginChunk(upload.target, upload.file, {
      ...{ start: 4 * CHUNK, end: 5 * CHUNK },
      bytes: CHUNK - 1,
    });
    chunk.cut();
    const wrong = { "content-digest": contentDigest(upload.file, { start: 1, end: 9 }, "md5") };
    const next = await upload.send({ start: 4 * CHUNK, end: 5 * CHUNK, headers: wrong });
    expectProblem(next, 400, { code: "CHUNK_CHECKSUM_MISMATCH" });
    expect(await upload.status()).toMatchObject({ offset: 0, received: [] });
  });
});

describe("bytes sent again", () => {
  it("are answered 200 and change nothing, however they lie within what is held", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 6 * CHUNK);
    await upload.send({ start: 0, end: 2 * CHUNK });
    await upload.send({ start: 4 * CHUNK, end: 5 * CHUNK });
    const other = randomFile(upload.file.size, 99);
    for (const [start, end] of [
      [0, 2 * CHUNK],
      [0, 10],
      [777, 1_000],
      [4 * CHUNK, 5 * CHUNK],
      [4 * CHUNK + 5, 4 * CHUNK + 6],
    ] as const) {
      // Other bytes than before: held bytes are read and dropped, never rewritten.
      const answer = await sendChunk(upload.target, other, { start, end });
      expect(answer.status, `${start}-${end}`).toBe(200);
      expect(answer.headers["upload-offset"]).toBe(String(2 * CHUNK));
    }
    await upload.send({ start: 2 * CHUNK, end: 3 * CHUNK });
    await upload.send({ start: 3 * CHUNK, end: 4 * CHUNK });
    await upload.send({ start: 5 * CHUNK, end: 6 * CHUNK });
    await upload.complete();
    await expectWhole(upload);
  });

  it("fill what was missing of an aligned chunk that is partly held", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK);
    await upload.send({ start: 0, end: CHUNK + 1_000 });
    const mixed = randomFile(upload.file.size, 99);
    const refused = await sendChunk(upload.target, mixed, { start: 5, end: CHUNK + 1_001 });
    expectProblem(refused, 400, { code: "OFFSET_MISMATCH", expected_offset: CHUNK + 1_000 });
    const filled = await upload.send({ start: CHUNK, end: 2 * CHUNK });
    expect(filled.json()).toMatchObject({ offset: 2 * CHUNK });
    await upload.send({ start: 2 * CHUNK, end: 3 * CHUNK });
    await upload.complete();
    await expectWhole(upload);
  });
});

describe("a deferred size", () => {
  it("becomes the offset when nothing lies beyond it", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 100_000, { size: null });
    expect(upload.view.size).toBeNull();
    const first = await upload.send({ start: 0, end: 70_000, total: null });
    expect(first.status).toBe(200);
    expect(first.headers["upload-length"]).toBeUndefined();
    await upload.send({ start: 70_000, end: 100_000, total: null });
    expect(await upload.complete()).toMatchObject({ size: 100_000, status: "complete" });
    await expectWhole(upload);
  });

  it("is given by any chunk, and stays", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 100_000, { size: null });
    await upload.send({ start: 0, end: 50_000, total: null });
    const told = await upload.send({ start: 50_000, end: 60_000, total: 100_000 });
    expect(told.headers["upload-length"]).toBe("100000");
    const hidden = await upload.send({ start: 60_000, end: 70_000, total: null });
    expectProblem(hidden, 400, { code: "BAD_CONTENT_RANGE" });
    const changed = await upload.send({ start: 60_000, end: 70_000, total: 100_001 });
    expectProblem(changed, 400, { code: "TOTAL_MISMATCH" });
    await upload.send({ start: 60_000, end: 100_000 });
    await upload.complete();
    await expectWhole(upload);
  });

  it("keeps an upload incomplete while chunks lie beyond a gap", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK, { size: null });
    await upload.send({ start: 2 * CHUNK, end: 3 * CHUNK, total: null });
    const refused = await refusal(upload.complete());
    expect(refused).toMatchObject({ code: "INCOMPLETE", missing: [[0, 2 * CHUNK]] });
  });

  it("may not be smaller than what is held", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK, { size: null });
    await upload.send({ start: 0, end: CHUNK, total: null });
    const answer = await upload.send({ start: 0, end: 10, total: 20 });
    expectProblem(answer, 400, { code: "TOTAL_MISMATCH" });
  });
});

describe("a body without Content-Length", () => {
  it("counts by what arrives, and not when that is too little or too much", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK);
    const put = (range: string, length: number) =>
      send(upload.target.url, {
        method: "PUT",
        headers: { ...upload.target.headers, "content-range": range },
        body: (async function* () {
          yield upload.file.slice(0, length);
        })(),
      });
    const total = upload.file.size;
    expectProblem(await put(`bytes 0-999/${total}`, 999), 400, { code: "SIZE_MISMATCH" });
    expectProblem(await put(`bytes 0-999/${total}`, 1_001), 400, { code: "SIZE_MISMATCH" });
    expect((await upload.status()).offset).toBe(0);
    expect((await put(`bytes 0-999/${total}`, 1_000)).status).toBe(200);
    expect((await upload.status()).offset).toBe(1_000);
  });
});
