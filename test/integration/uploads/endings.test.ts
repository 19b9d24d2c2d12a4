import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  apiClient,
  beginUpload,
  expectProblem,
  expectWhole,
  refusal,
} from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { beginChunk, partPath } from "../../support/chunk-sender.ts";
import { readColumn } from "../../support/edit-records.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";

const CHUNK = 65_536;
const patience = { timeout: 20_000 };

async function begin(app: BootedApp, size = 4 * CHUNK) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const init = { chunkSize: CHUNK };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(size), init });
  const storageKey = String(await readColumn(app.dataDir, upload.id, "storageKey"));
  const path = (ext: string) => partPath(app.dataDir, { storageKey }, ext);
  return { ...upload, part: path(".part"), done: path(".done") };
}

describe("deleting", () => {
  it("ends an unfinished upload: record and bytes are gone", async () => {
    await using app = await bootApp({ database: "sqlite" });
    const upload = await begin(app);
    await upload.send({ start: 0, end: CHUNK });
    expect(existsSync(upload.part)).toBe(true);
    const { url, headers } = upload.target;
    const answer = await send(url, { method: "DELETE", headers: { ...headers } });
    expect(answer.status).toBe(204);
    expect(answer.body.length).toBe(0);
    expect(existsSync(upload.part)).toBe(false);
    expectProblem(await upload.send({ start: CHUNK, end: 2 * CHUNK }), 404, { code: "NOT_FOUND" });
    const again = await send(url, { method: "DELETE", headers: { ...headers } });
    expect(again.status).toBe(404);
  });

  it("removes a finished file", async () => {
    await using app = await bootApp({ database: "sqlite" });
    const upload = await begin(app);
    await upload.send({ start: 0, end: upload.file.size });
    await upload.complete();
    expect(existsSync(upload.done)).toBe(true);
    expect(await upload.client.uploads.delete.mutate({ id: upload.id })).toEqual({ id: upload.id });
    expect(existsSync(upload.done)).toBe(false);
    expect(await refusal(upload.status())).toMatchObject({ code: "NOT_FOUND" });
  });

  it("stops a body that streams at this moment", async () => {
    await using app = await bootApp({ database: "sqlite" });
    const upload = await begin(app, 40 * 2 ** 20);
    const chunk = await beginChunk(upload.target, upload.file, {
      ...{ start: 0, end: upload.file.size },
      bytes: 17 * 2 ** 20,
    });
    await expect.poll(async () => (await upload.status()).offset, patience).toBeGreaterThan(0);
    await upload.client.uploads.delete.mutate({ id: upload.id });
    expectProblem(await chunk.answer, 404, { code: "NOT_FOUND" });
    expect(existsSync(upload.part)).toBe(false);
    expect(await refusal(upload.status())).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("completing", () => {
  it("stops a lane that still sends what is held already", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    const late = await beginChunk(upload.target, upload.file, {
      ...{ start: 3 * CHUNK, end: 4 * CHUNK },
      bytes: 1_000,
    });
    // The same chunk comes another way before the first one has ended.
    await upload.send({ start: 0, end: 3 * CHUNK });
    expect((await upload.send({ start: 3 * CHUNK, end: 4 * CHUNK })).status).toBe(200);
    expectProblem(await late.answer, 423, { code: "BUSY" });
    expect(await upload.complete()).toMatchObject({ status: "complete" });
    await expectWhole(upload);
  });

  it("is refused while a lane still sends what is missing, and does not disturb it", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    const lane = await beginChunk(upload.target, upload.file, {
      ...{ start: 3 * CHUNK, end: 4 * CHUNK },
      bytes: 1_000,
    });
    await upload.send({ start: 0, end: 3 * CHUNK });
    const refused = await refusal(upload.complete());
    expect(refused).toMatchObject({ code: "INCOMPLETE", missing: [[3 * CHUNK, 4 * CHUNK]] });
    expect((await lane.finish()).status).toBe(200);
    expect(await upload.complete()).toMatchObject({ status: "complete" });
    await expectWhole(upload);
  });

  it("answers the same view again to the same checksum in any case", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: upload.file.size });
    const first = await upload.complete();
    expect(await upload.complete()).toEqual(first);
    expect(await upload.complete(upload.file.digest().toUpperCase())).toEqual(first);
    const wrong = await refusal(upload.complete("0".repeat(32)));
    expect(wrong).toMatchObject({ code: "CHECKSUM_MISMATCH", httpStatus: 400 });
    expect(await upload.status()).toEqual(first);
  });

  it("asked for twenty times at once happens once", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: upload.file.size });
    const ask = { id: upload.id, checksum: upload.file.digest() };
    const { headers } = upload.target;
    const views = await Promise.all(
      // A client each: one client would put its calls into one request.
      Array.from({ length: 20 }, () => apiClient(app.url, headers).uploads.complete.mutate(ask)),
    );
    expect(new Set(views.map(({ completedAt }) => completedAt?.getTime())).size).toBe(1);
    await expectWhole(upload);
  });

  it("is done by the bytes that came, whatever was said wrongly before", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: upload.file.size });
    expect(await refusal(upload.complete("0".repeat(32)))).toMatchObject({
      code: "CHECKSUM_MISMATCH",
    });
    expect(await upload.status()).toMatchObject({ status: "uploading", completion: null });
    expect(await upload.complete()).toMatchObject({ status: "complete" });
  });
});
