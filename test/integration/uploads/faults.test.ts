import { existsSync } from "node:fs";
import { appendFile, readFile, rename, rm, truncate } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem, expectWhole, refusal } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { firstWrongByte, inLanes, partPath } from "../../support/chunk-sender.ts";
import { editRecords, readColumn } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";
import { smallDisk } from "../../support/small-disk.ts";

const CHUNK = 65_536;
const SIZE = 4 * CHUNK;

async function begin(app: BootedApp, size = SIZE) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const init = { chunkSize: CHUNK };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(size), init });
  const storageKey = String(await readColumn(app.dataDir, upload.id, "storageKey"));
  const path = (ext: string) => partPath(app.dataDir, { storageKey }, ext);
  const edit = (set: Parameters<typeof editRecords>[2]["set"]) =>
    editRecords(app.dataDir, "ChunkedUpload", { id: upload.id, set });
  return { ...upload, part: path(".part"), done: path(".done"), edit };
}

describe("a store that lost bytes", () => {
  it.each(["shortened", "removed"])(
    "makes the next chunk begin again: the file was %s",
    async (how) => {
      await using app = await bootApp();
      const upload = await begin(app);
      await upload.send({ start: 0, end: 2 * CHUNK });
      if (how === "removed") await rm(upload.part);
      else await truncate(upload.part, 2 * CHUNK - 1);
      const refused = await upload.send({ start: 2 * CHUNK, end: 3 * CHUNK });
      expectProblem(refused, 400, { code: "OFFSET_MISMATCH", expected_offset: 0 });
      expect((refused.json() as { detail: string }).detail).toContain("lost bytes");
      expect(await upload.status()).toMatchObject({ offset: 0, received: [], prefix: null });
      await upload.send({ start: 0, end: SIZE });
      await upload.complete();
      await expectWhole(upload);
    },
  );

  it("makes complete say what is missing, and lets the file be sent again", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await truncate(upload.part, CHUNK);
    const refused = await refusal(upload.complete());
    expect(refused).toMatchObject({ code: "INCOMPLETE", missing: [[0, SIZE]] });
    expect(await upload.status()).toMatchObject({ offset: 0, received: [] });
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await expectWhole(upload);
  });

  it("makes a finished file's download fail with 503, never with other bytes", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await rm(upload.done);
    const answer = await fetch(`${upload.target.url}/file`, { headers: upload.target.headers });
    expect(answer.status).toBe(503);
  });
});

describe("a disk that is full", () => {
  it("answers 507, keeps what was acknowledged, and goes on when there is room", async () => {
    await using disk = await smallDisk(1_500_000);
    await using app = await bootApp({ env: { DATA_DIR: disk.dataDir } });
    const headers = { authorization: `Bearer ${await app.token()}` };
    const file = randomFile(3_000_000);
    const upload = await beginUpload({ url: app.url, headers, file });
    const half = disk.bytes / 2;
    expect((await upload.send({ start: 0, end: half })).status).toBe(200);
    const full = await upload.send({ start: half, end: file.size, digest: "md5" });
    expectProblem(full, 507, { code: "STORAGE_FULL" });
    expect(await upload.status()).toMatchObject({ offset: half, received: [[0, half]] });
    const storageKey = String(await readColumn(disk.dataDir, upload.id, "storageKey"));
    const held = [[0, half]] as const;
    expect(await firstWrongByte(partPath(disk.dataDir, { storageKey }), file, held)).toBeNull();
    await disk.enlarge();
    const { offset } = await upload.status();
    expect((await upload.send({ start: offset, end: file.size })).status).toBe(200);
    await upload.complete();
    await expectWhole(upload);
  });
});

describe("what a crash left half done", () => {
  it("is a file marked complete but not yet renamed: the next start renames it", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await rename(upload.done, upload.part);
    await upload.edit({ finished: false });
    await app.restart();
    expect(existsSync(upload.done)).toBe(true);
    expect(existsSync(upload.part)).toBe(false);
    expect(await upload.status()).toMatchObject({ status: "complete" });
    await expectWhole(upload);
  });

  it("is a renamed file whose record does not know yet", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await upload.edit({ finished: false });
    await app.restart();
    await expectWhole(upload);
    expect(await upload.complete()).toMatchObject({ status: "complete" });
  });

  it("is read and completed even before anybody renamed it", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await rename(upload.done, upload.part);
    await upload.edit({ finished: false });
    await expectWhole(upload);
    expect(await upload.complete()).toMatchObject({ status: "complete" });
    expect(existsSync(upload.done)).toBe(true);
  });

  it("is a delete that was marked only: the next start ends it", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: CHUNK });
    await upload.edit({ state: "deleting" });
    expect(await refusal(upload.status())).toMatchObject({ code: "NOT_FOUND" });
    await app.restart();
    expect(existsSync(upload.part)).toBe(false);
    expect(await readColumn(app.dataDir, upload.id, "id")).toBeUndefined();
  });

  it("is bytes beyond the record: they are overwritten, and cut off at the end", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: CHUNK });
    await appendFile(upload.part, Buffer.alloc(SIZE, 0xee));
    await upload.send({ start: CHUNK, end: SIZE });
    await upload.complete();
    await expectWhole(upload);
    expect((await readFile(upload.done)).length).toBe(SIZE);
  });
});

describe("the digest's state", () => {
  it.each([
    ["another build's", Buffer.from("not a state of ours")],
    ["damaged", Buffer.alloc(165, 1)],
    ["empty", Buffer.alloc(0)],
  ])("is dropped when it is %s, and the file read again", async (_, digestState) => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: 3 * CHUNK });
    await upload.edit({ digestState });
    expect((await upload.status()).prefix).toBeNull();
    await upload.send({ start: 3 * CHUNK, end: SIZE });
    await expect
      .poll(() => upload.complete().catch(() => null), { timeout: 20_000 })
      .toMatchObject({
        status: "complete",
        checksum: upload.file.digest(),
      });
    await expectWhole(upload);
  });

  it("is another build's when all bytes are there already", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.edit({ digestState: Buffer.from("not a state of ours") });
    await expect
      .poll(() => upload.complete().catch(() => null), { timeout: 20_000 })
      .toMatchObject({
        status: "complete",
        checksum: upload.file.digest(),
      });
  });

  it("survives a restart in the middle, and catches up with what came out of order", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 40 * CHUNK);
    const chunk = (index: number) => ({ start: index * CHUNK, end: (index + 1) * CHUNK });
    for (let index = 0; index < 10; index += 1) await upload.send(chunk(index));
    const rest = Array.from({ length: 29 }, (_, index) => chunk(39 - index));
    await inLanes(rest, 3, async (part) => {
      await upload.send(part);
    });
    await app.restart();
    expect(await upload.status()).toMatchObject({ offset: 10 * CHUNK });
    await upload.send(chunk(10));
    expect(await upload.complete()).toMatchObject({ checksum: upload.file.digest() });
    await expectWhole(upload);
  });
});
