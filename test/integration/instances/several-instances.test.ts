import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../src/adapters/memory/memory-store.ts";
import { receivedRanges, type Upload } from "../../../src/core/upload.ts";
import type { UploadCore } from "../../../src/core/upload-service.ts";
import { instance, nobody, stallingBody } from "../../support/instance.ts";
import { arriving } from "../../support/memory-core.ts";
import { onPostgres } from "../../support/on-postgres.ts";
import { type MakeDatabase, sqliteDatabase } from "../../support/temp-database.ts";
import { CHUNK, codeOf, fileOf, md5 } from "../../support/upload-run.ts";

const file = fileOf(8 * CHUNK);

function put(
  core: UploadCore,
  upload: Upload,
  part: { start: number; end: number; body?: AsyncIterable<Uint8Array> },
): Promise<Upload> {
  const { start, end } = part;
  return core.service.append(nobody, {
    id: upload.id,
    position: { start, end, total: upload.size },
    contentLength: end - start,
    body: part.body ?? arriving(file.subarray(start, end)),
    signal: new AbortController().signal,
  });
}

async function storedBytes(core: UploadCore, upload: Upload): Promise<Uint8Array> {
  const { read } = await core.service.open(nobody, upload.id);
  const pieces: Uint8Array[] = [];
  for await (const bytes of read({ start: 0, end: upload.size ?? 0 })) pieces.push(bytes);
  return Buffer.concat(pieces);
}

function severalInstances(makeDatabase: MakeDatabase): void {
  async function twoInstances() {
    const database = await makeDatabase();
    const store = createMemoryStore();
    const [a, b] = [instance({ database, store }), instance({ database, store })];
    const upload = await a.service.init(nobody, {
      filename: "a",
      size: file.length,
      chunkSize: CHUNK,
    });
    return {
      database,
      store,
      a,
      b,
      upload,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  }

  describe("several instances over the same records", () => {
    it("share the chunks of one upload among them, in any order", async () => {
      await using world = await twoInstances();
      const chunks = Array.from({ length: 8 }, (_, at) => ({
        start: at * CHUNK,
        end: (at + 1) * CHUNK,
      }));
      const lanes = chunks
        .reverse()
        .map((chunk, at) => put(at % 2 ? world.a : world.b, world.upload, chunk));
      await Promise.all(lanes);
      const done = await world.b.service.complete(nobody, {
        id: world.upload.id,
        checksum: md5(file),
      });
      expect(done.checksum).toBe(md5(file));
      expect(md5(await storedBytes(world.a, done))).toBe(md5(file));
    });

    it("race for one chunk: it counts once, with the right bytes", async () => {
      await using world = await twoInstances();
      const racers = Array.from({ length: 16 }, (_, at) =>
        put(at % 2 ? world.a : world.b, world.upload, { start: 0, end: CHUNK }).then(
          ({ offset }) => offset,
          codeOf,
        ),
      );
      const outcomes = await Promise.all(racers);
      for (const outcome of outcomes) expect([CHUNK, "BUSY"]).toContain(outcome);
      // A request that was overtaken by one that gave up is sent again.
      await put(world.a, world.upload, { start: 0, end: CHUNK });
      const now = await world.b.service.status(nobody, world.upload.id);
      expect(receivedRanges(now)).toEqual([{ start: 0, end: CHUNK }]);
      expect(await world.b.service.prefix(now)).toEqual({
        length: CHUNK,
        checksum: md5(file.subarray(0, CHUNK)),
      });
    });

    it("let a newer request take over from a stalled one elsewhere", async () => {
      await using world = await twoInstances();
      const stalled = stallingBody(file.subarray(0, CHUNK), 1_000);
      const older = put(world.a, world.upload, { start: 0, end: CHUNK, body: stalled.body }).catch(
        codeOf,
      );
      await stalled.hasStalled;
      const taken = await put(world.b, world.upload, { start: 0, end: CHUNK });
      expect(taken.offset).toBe(CHUNK);
      expect(await older).toBe("BUSY");
      stalled.goOn();
    });

    it("refuse the commit of a writer that does not know yet that it was overtaken", async () => {
      await using world = await twoInstances();
      // This instance receives no takeovers, as if its renewals were delayed.
      const deaf = { ...world.database.claims, renew: async () => true };
      const sleeper = instance({ database: world.database, store: world.store, claims: deaf });
      const stalled = stallingBody(file.subarray(0, CHUNK), 1_000);
      const older = put(sleeper, world.upload, { start: 0, end: CHUNK, body: stalled.body }).catch(
        codeOf,
      );
      await stalled.hasStalled;
      await world.database.claims.take(world.upload.id, { start: 0, end: CHUNK }, 10_000);
      stalled.goOn();
      expect(await older).toBe("BUSY");
      const now = await world.b.service.status(nobody, world.upload.id);
      expect(receivedRanges(now)).toEqual([]);
    });

    it("leave the other lanes alone when one is retried elsewhere", async () => {
      await using world = await twoInstances();
      const stalled = stallingBody(file.subarray(CHUNK, 2 * CHUNK), 1_000);
      const lane = put(world.a, world.upload, { start: CHUNK, end: 2 * CHUNK, body: stalled.body });
      await stalled.hasStalled;
      await put(world.b, world.upload, { start: 0, end: CHUNK });
      stalled.goOn();
      expect((await lane).offset).toBe(2 * CHUNK);
    });

    it("end a writer elsewhere when the upload is deleted, and leave nothing behind", async () => {
      await using world = await twoInstances();
      const stalled = stallingBody(file.subarray(0, CHUNK), 1_000);
      const writer = put(world.a, world.upload, { start: 0, end: CHUNK, body: stalled.body }).catch(
        codeOf,
      );
      await stalled.hasStalled;
      await world.b.service.remove(nobody, world.upload.id);
      expect(["BUSY", "NOT_FOUND"]).toContain(await writer);
      stalled.goOn();
      expect(await world.a.service.status(nobody, world.upload.id).catch(codeOf)).toBe("NOT_FOUND");
      expect(await world.store.length(world.upload)).toBe(0);
    });

    it("never sweep what another instance is writing", async () => {
      await using world = await twoInstances();
      const stalled = stallingBody(file.subarray(0, CHUNK), 1_000);
      const writer = put(world.a, world.upload, { start: 0, end: CHUNK, body: stalled.body });
      await stalled.hasStalled;
      const record = await world.database.uploads.find(world.upload.id);
      if (record) await world.database.uploads.update(record, { expiresAt: new Date(0) });
      expect(await world.b.administration.sweep({})).toMatchObject({ records: 0 });
      stalled.goOn();
      expect((await writer).offset).toBe(CHUNK);
      expect(await world.b.administration.sweep({})).toMatchObject({ records: 1 });
    });
  });
}

describe("on SQLite", () => severalInstances(sqliteDatabase));
describe("on PostgreSQL", async () => onPostgres(severalInstances));
