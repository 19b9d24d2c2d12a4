import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBytesLost } from "../../src/core/ports/bytes-lost.ts";
import { chunkStoreEnding } from "./chunk-store.ending.contract.ts";
import {
  ContractRecord,
  objectsOf,
  put,
  readAll,
  recordFor,
  type StoreFixture,
  unavailable,
} from "./chunk-store.fixture.ts";

/** The contract of every store. */
export function chunkStoreContract(name: string, create: () => Promise<StoreFixture>): void {
  chunkStoreEnding(name, create);

  describe(`${name}: writing and reading`, () => {
    it("is empty before the first byte", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      expect(await fixture.store.length(upload)).toBe(0);
      expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
      await expect(readAll(fixture.store, upload, { start: 0, end: 1 })).rejects.toEqual(
        unavailable,
      );
    });

    it("returns pieces written at any positions, read in any range", async () => {
      await using fixture = await create();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(fc.nat()),
          async (lengths, chance) => {
            const record = new ContractRecord(fixture.store, recordFor(fixture.store));
            const total = lengths.reduce((sum, length) => sum + length, 0);
            const bytes = randomBytes(total);
            const pieces = lengths.map((length, index) => {
              const start = lengths.slice(0, index).reduce((sum, each) => sum + each, 0);
              return { position: start, bytes: bytes.subarray(start, start + length) };
            });
            const order = pieces
              .map((piece) => ({ piece, key: chance.next().value }))
              .sort((a, b) => a.key - b.key);
            const { writer } = await record.open();
            for (const { piece } of order) await writer.write(piece.position, piece.bytes);
            await record.flush(writer);
            await writer.close();
            record.count({ start: 0, end: total });
            const start = chance.next().value % total;
            expect(await fixture.store.length(record.upload)).toBe(total);
            const range = { start, end: total };
            expect((await record.read(range)).equals(bytes.subarray(start))).toBe(true);
          },
        ),
        { numRuns: 20 },
      );
    });

    it("accepts thousands of one-byte writes, forwards and backwards", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      const bytes = randomBytes(6_000);
      const { writer } = await record.open();
      for (let at = 0; at < 5_000; at++) await writer.write(at, bytes.subarray(at, at + 1));
      for (let at = 5_999; at >= 5_000; at--) await writer.write(at, bytes.subarray(at, at + 1));
      await record.flush(writer);
      await writer.close();
      record.count({ start: 0, end: 6_000 });
      expect((await record.read({ start: 0, end: 6_000 })).equals(bytes)).toBe(true);
    });

    it("keeps flushed bytes if the writer is closed before the next flush", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      const { writer } = await record.open();
      await writer.write(0, Buffer.from("kept"));
      await record.flush(writer);
      await writer.write(4, Buffer.from("perhaps"));
      await writer.close();
      await writer.close();
      record.count({ start: 0, end: 4 });
      expect((await record.read({ start: 0, end: 4 })).toString()).toBe("kept");
    });

    it("accepts writes during a flush", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      const bytes = randomBytes(3_000_000);
      const { writer } = await record.open();
      let flushes = Promise.resolve();
      for (let at = 0; at < bytes.length; at += 70_001) {
        await writer.write(at, bytes.subarray(at, at + 70_001));
        if (at % 3 === 0) flushes = flushes.then(() => record.flush(writer));
      }
      await flushes;
      await record.flush(writer);
      await writer.close();
      const all = { start: 0, end: bytes.length };
      record.count(all);
      expect((await record.read(all)).equals(bytes)).toBe(true);
    });

    it("accepts concurrent writers of one new upload, each in its own range", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      const bytes = randomBytes(8 * 100_003);
      await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const start = index * 100_003;
          await record.put(start, bytes.subarray(start, start + 100_003));
        }),
      );
      const all = { start: 0, end: bytes.length };
      expect((await record.read(all)).equals(bytes)).toBe(true);
    });

    it("writes far beyond the prefix", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(1_000_000, Buffer.from("far"));
      expect(await fixture.store.length(record.upload)).toBe(1_000_003);
      await record.put(0, Buffer.alloc(1_000_000));
      expect((await record.read({ start: 1_000_000, end: 1_000_003 })).toString()).toBe("far");
    });

    it("allows a reader to stop early", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, randomBytes(2_000_000));
      await record.read({ start: 0, end: 1 });
      for await (const piece of fixture.store.read(record.upload, { start: 5, end: 2_000_000 })) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await record.read({ start: 7, end: 7 })).toHaveLength(0);
    });

    it("refuses to read beyond the end", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, Buffer.from("short"));
      await record.read({ start: 0, end: 5 });
      const held = { ...record.upload, offset: 6 };
      await expect(readAll(fixture.store, held, { start: 0, end: 6 })).rejects.toEqual(unavailable);
      await expect(readAll(fixture.store, held, { start: 9, end: 10 })).rejects.toEqual(
        unavailable,
      );
    });
  });

  describe(`${name}: differences between the record and the bytes`, () => {
    it("uses bytes that a crash left, and overwrites them", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 3 }));
      await put(fixture.store, record.upload, { position: 0, bytes: Buffer.from("leftovers") });
      await record.put(0, Buffer.from("new"));
      const complete = { ...record.upload, state: "complete" } as const;
      await fixture.store.finish(complete);
      const finished = { ...complete, finished: true };
      expect(await fixture.store.length(finished)).toBe(3);
      expect((await readAll(fixture.store, finished, { start: 0, end: 3 })).toString()).toBe("new");
    });

    it("creates nothing for a record with bytes: it reports the loss, and writers fail", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, Buffer.from("gone"));
      await fixture.lose(record.upload);
      if (fixture.findsLossAtFinish) {
        const lost = fixture.store.finish(record.upload);
        await expect(lost).rejects.toSatisfy(isBytesLost);
        return;
      }
      const opened = await record.open().catch((error: unknown) => {
        expect(isBytesLost(error)).toBe(true);
        return null;
      });
      if (opened !== null) {
        const { writer, length } = opened;
        expect(length).toBe(0);
        await expect(writer.write(4, Buffer.from("x"))).rejects.toEqual(unavailable);
        await expect(writer.flush()).rejects.toEqual(unavailable);
        await writer.close();
      }
      expect(await fixture.store.length(record.upload)).toBe(0);
      expect(await objectsOf(fixture.store, record.upload.id)).toEqual([]);
    });

    it("starts anew after a reset, with the state that it places", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, Buffer.from("before"));
      const superseded = record.upload;
      const { storeState } = fixture.store.place(superseded);
      record.upload = { ...superseded, offset: 0, storeState };
      await record.put(0, Buffer.from("after"));
      await fixture.store.discard(superseded);
      expect((await record.read({ start: 0, end: 5 })).toString()).toBe("after");
    });

    it("returns the actual length when it opens", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, Buffer.from("12345"));
      const { writer, length } = await record.open();
      await writer.close();
      expect(length).toBe(5);
    });

    it("continues where an earlier writer stopped", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      await record.put(0, Buffer.from("one "));
      await record.put(4, Buffer.from("two"));
      expect((await record.read({ start: 0, end: 7 })).toString()).toBe("one two");
    });
  });
}
