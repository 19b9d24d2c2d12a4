import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkStoreEnding } from "./chunk-store.ending.contract.ts";
import {
  objectsOf,
  put,
  readAll,
  recordFor,
  type StoreFixture,
  unavailable,
} from "./chunk-store.fixture.ts";

/** What every store does, whatever the bytes lie on. */
export function chunkStoreContract(name: string, create: () => Promise<StoreFixture>): void {
  chunkStoreEnding(name, create);

  describe(`${name}: writing and reading`, () => {
    it("has nothing before the first byte", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      expect(await fixture.store.length(upload)).toBe(0);
      expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
      await expect(readAll(fixture.store, upload, { start: 0, end: 1 })).rejects.toEqual(
        unavailable,
      );
    });

    it("gives back any pieces at any positions, read in any range", async () => {
      await using fixture = await create();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(fc.nat()),
          async (lengths, chance) => {
            const upload = recordFor(fixture.store);
            const total = lengths.reduce((sum, length) => sum + length, 0);
            const bytes = randomBytes(total);
            const pieces = lengths.map((length, index) => {
              const start = lengths.slice(0, index).reduce((sum, each) => sum + each, 0);
              return { position: start, bytes: bytes.subarray(start, start + length) };
            });
            const order = pieces
              .map((piece) => ({ piece, key: chance.next().value }))
              .sort((a, b) => a.key - b.key);
            const { writer } = await fixture.store.open(upload);
            for (const { piece } of order) await writer.write(piece.position, piece.bytes);
            await writer.flush();
            await writer.close();
            const held = { ...upload, offset: total };
            const start = chance.next().value % total;
            expect(await fixture.store.length(held)).toBe(total);
            expect(
              (await readAll(fixture.store, held, { start, end: total })).equals(
                bytes.subarray(start),
              ),
            ).toBe(true);
          },
        ),
        { numRuns: 20 },
      );
    });

    it("takes thousands of one-byte writes, forwards and backwards", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const bytes = randomBytes(6_000);
      const { writer } = await fixture.store.open(upload);
      for (let at = 0; at < 5_000; at++) await writer.write(at, bytes.subarray(at, at + 1));
      for (let at = 5_999; at >= 5_000; at--) await writer.write(at, bytes.subarray(at, at + 1));
      await writer.flush();
      await writer.close();
      const held = { ...upload, offset: 6_000 };
      expect((await readAll(fixture.store, held, { start: 0, end: 6_000 })).equals(bytes)).toBe(
        true,
      );
    });

    it("keeps what was flushed although the writer is closed in mid-batch", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const { writer } = await fixture.store.open(upload);
      await writer.write(0, Buffer.from("kept"));
      await writer.flush();
      await writer.write(4, Buffer.from("perhaps"));
      await writer.close();
      await writer.close();
      const held = { ...upload, offset: 4 };
      expect((await readAll(fixture.store, held, { start: 0, end: 4 })).toString()).toBe("kept");
    });

    it("lets writes go on while a flush is under way", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const bytes = randomBytes(3_000_000);
      const { writer } = await fixture.store.open(upload);
      const flushes: Promise<unknown>[] = [];
      for (let at = 0; at < bytes.length; at += 70_001) {
        await writer.write(at, bytes.subarray(at, at + 70_001));
        if (at % 3 === 0) flushes.push(writer.flush());
      }
      await Promise.all([...flushes, writer.flush()]);
      await writer.close();
      const held = { ...upload, offset: bytes.length };
      const all = { start: 0, end: bytes.length };
      expect((await readAll(fixture.store, held, all)).equals(bytes)).toBe(true);
    });

    it("takes several writers of one new upload at once, each in its own range", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const bytes = randomBytes(8 * 100_003);
      await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const start = index * 100_003;
          const own = bytes.subarray(start, start + 100_003);
          await put(fixture.store, upload, { position: start, bytes: own });
        }),
      );
      const held = { ...upload, offset: bytes.length };
      const all = { start: 0, end: bytes.length };
      expect((await readAll(fixture.store, held, all)).equals(bytes)).toBe(true);
    });

    it("writes far beyond the prefix", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 1_000_000, bytes: Buffer.from("far") });
      const held = { ...upload, beyond: [{ start: 1_000_000, end: 1_000_003 }] };
      const range = { start: 1_000_000, end: 1_000_003 };
      expect((await readAll(fixture.store, held, range)).toString()).toBe("far");
      expect(await fixture.store.length(held)).toBe(1_000_003);
    });

    it("can be left in the middle of reading", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: randomBytes(2_000_000) });
      const held = { ...upload, offset: 2_000_000 };
      for await (const piece of fixture.store.read(held, { start: 5, end: 2_000_000 })) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await readAll(fixture.store, held, { start: 7, end: 7 })).toHaveLength(0);
    });

    it("refuses to read beyond the end", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("short") });
      const held = { ...upload, offset: 6 };
      await expect(readAll(fixture.store, held, { start: 0, end: 6 })).rejects.toEqual(unavailable);
      await expect(readAll(fixture.store, held, { start: 9, end: 10 })).rejects.toEqual(
        unavailable,
      );
    });
  });

  describe(`${name}: what the record says and what is there`, () => {
    it("uses what a crash left, and overwrites it", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store, { size: 3 });
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("leftovers") });
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("new") });
      const complete = { ...upload, offset: 3, state: "complete" } as const;
      await fixture.store.finish(complete);
      const finished = { ...complete, finished: true };
      expect(await fixture.store.length(finished)).toBe(3);
      expect((await readAll(fixture.store, finished, { start: 0, end: 3 })).toString()).toBe("new");
    });

    it("creates nothing for a record that holds bytes: length 0 and a writer that refuses", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("gone") });
      const held = { ...upload, offset: 4 };
      await fixture.lose(held);
      const { writer, length } = await fixture.store.open(held);
      expect(length).toBe(0);
      await expect(writer.write(4, Buffer.from("x"))).rejects.toEqual(unavailable);
      await expect(writer.flush()).rejects.toEqual(unavailable);
      await writer.close();
      expect(await fixture.store.length(held)).toBe(0);
      expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
    });

    it("tells the length that is there when it opens", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("12345") });
      const { writer, length } = await fixture.store.open({ ...upload, offset: 5 });
      await writer.close();
      expect(length).toBe(5);
    });

    it("goes on where an earlier writer stopped", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("one ") });
      const held = { ...upload, offset: 4 };
      await put(fixture.store, held, { position: 4, bytes: Buffer.from("two") });
      const all = { ...upload, offset: 7 };
      expect((await readAll(fixture.store, all, { start: 0, end: 7 })).toString()).toBe("one two");
    });
  });
}
