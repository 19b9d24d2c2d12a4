import { describe, expect, it } from "vitest";
import {
  type BegunUpload,
  beginUpload,
  expectProblem,
  expectWhole,
} from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { beginChunk, chunksOf } from "../../support/chunk-sender.ts";
import { send, type WholeAnswer } from "../../support/http-client.ts";
import { chance, randomFile, runSeed } from "../../support/random-file.ts";

const CHUNK = 262_144;

async function begin(app: BootedApp, size = 8 * CHUNK): Promise<BegunUpload> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  return beginUpload({ url: app.url, headers, file: randomFile(size), init: { chunkSize: CHUNK } });
}

/** Each racer either counts or hears that a newer one took over; one counts at least. */
function expectFairRace(answers: readonly WholeAnswer[]): void {
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status !== 200 && status !== 423)).toEqual([]);
  expect(statuses).toContain(200);
  for (const answer of answers.filter(({ status }) => status === 423)) {
    expectProblem(answer, 423, { code: "BUSY" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  }
}

const race = (count: number, run: (index: number) => Promise<WholeAnswer>) =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

async function finishAndCompare(upload: BegunUpload): Promise<void> {
  const { received } = await upload.status();
  for (const chunk of chunksOf(upload.file, CHUNK)) {
    const isHeld = received.some(([start, end]) => start <= chunk.start && chunk.end <= end);
    if (!isHeld) expect((await upload.send(chunk)).status).toBe(200);
  }
  expect(await upload.complete()).toMatchObject({ status: "complete", offset: upload.file.size });
  await expectWhole(upload);
}

describe.each(["sqlite", "postgresql"] as const)("on %s", (database) => {
  it("sixteen requests race for the chunk at the offset: it counts once", async () => {
    await using app = await bootApp({ database });
    const upload = await begin(app);
    for (const start of [0, CHUNK, 2 * CHUNK]) {
      expectFairRace(await race(16, () => upload.send({ start, end: start + CHUNK })));
      expect(await upload.status()).toMatchObject({
        offset: start + CHUNK,
        received: [[0, start + CHUNK]],
      });
    }
    await finishAndCompare(upload);
  });

  it("sixteen requests race for a chunk beyond the offset, with digests", async () => {
    await using app = await bootApp({ database });
    const upload = await begin(app);
    const chunk = { start: 5 * CHUNK, end: 6 * CHUNK, digest: "sha-256" } as const;
    expectFairRace(await race(16, () => upload.send(chunk)));
    expect(await upload.status()).toMatchObject({
      offset: 0,
      received: [[5 * CHUNK, 6 * CHUNK]],
    });
    await finishAndCompare(upload);
  });

  it("requests of all lengths race at one offset, until the file is whole", async () => {
    const seed = runSeed();
    const { int } = chance(seed);
    await using app = await bootApp({ database });
    const upload = await begin(app);
    for (let start = 0; start < upload.file.size; start = (await upload.status()).offset) {
      const ends = Array.from({ length: 8 }, () =>
        Math.min(start + int(1, 2 * CHUNK), upload.file.size),
      );
      const answers = await race(8, (index) => upload.send({ start, end: ends[index] ?? 0 }));
      const others = answers.filter(({ status }) => status !== 200 && status !== 423);
      // A longer body may have moved the offset into the middle of what a shorter one would bring.
      for (const answer of others) expectProblem(answer, 400, { code: "OFFSET_MISMATCH" });
      expect((await upload.status()).offset, `seed ${seed}`).toBeGreaterThan(start);
    }
    await finishAndCompare(upload);
  });

  it("all chunks race at once, each sent twice", async () => {
    await using app = await bootApp({ database });
    const upload = await begin(app);
    const chunks = chance(runSeed()).shuffle([
      ...chunksOf(upload.file, CHUNK),
      ...chunksOf(upload.file, CHUNK),
    ]);
    expectFairRace(await Promise.all(chunks.map(upload.send)));
    expect(await upload.status()).toMatchObject({ received: [[0, upload.file.size]] });
    await finishAndCompare(upload);
  });

  it("a stalled writer is overtaken within a second, and hears so", async () => {
    await using app = await bootApp({ database });
    const upload = await begin(app);
    const waits: number[] = [];
    for (const start of [0, CHUNK, 2 * CHUNK]) {
      const stalled = await beginChunk(upload.target, upload.file, {
        ...{ start, end: start + CHUNK },
        bytes: CHUNK / 2,
      });
      const began = performance.now();
      const newer = await upload.send({ start, end: start + CHUNK });
      waits.push(performance.now() - began);
      expect(newer.status).toBe(200);
      expectProblem(await stalled.answer, 423, { code: "BUSY" });
    }
    // The machine may stall by itself, but not each time.
    expect(Math.min(...waits)).toBeLessThan(1_000);
    await finishAndCompare(upload);
  });

  it("a stalled writer commits what it received when its upload is looked at, and goes on", async () => {
    await using app = await bootApp({ database });
    const upload = await begin(app);
    await upload.send({ start: 0, end: CHUNK });
    const stalled = await beginChunk(upload.target, upload.file, {
      ...{ start: CHUNK, end: 2 * CHUNK },
      bytes: 10,
    });
    const { url, headers } = upload.target;
    const head = await send(url, { method: "HEAD", headers: { ...headers } });
    expect(head.headers["upload-offset"]).toBe(String(CHUNK + 10));
    expect((await send(url, { headers: { ...headers } })).status).toBe(200);
    expect(await upload.status()).toMatchObject({ offset: CHUNK + 10, status: "uploading" });
    expect((await upload.client.uploads.list.query({})).items).toHaveLength(1);
    // Another lane does not disturb it, nor does a repeat of what is held.
    expect((await upload.send({ start: 3 * CHUNK, end: 4 * CHUNK })).status).toBe(200);
    expect((await upload.send({ start: 0, end: CHUNK })).status).toBe(200);
    expect((await stalled.finish()).status).toBe(200);
    expect(await upload.status()).toMatchObject({
      offset: 2 * CHUNK,
      received: [
        [0, 2 * CHUNK],
        [3 * CHUNK, 4 * CHUNK],
      ],
    });
    await finishAndCompare(upload);
  });
});
