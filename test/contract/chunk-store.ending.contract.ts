import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { StoredObject } from "../../src/core/ports/chunk-store.ts";
import {
  ContractRecord,
  objectsOf,
  put,
  readAll,
  recordFor,
  type StoreFixture,
  unavailable,
} from "./chunk-store.fixture.ts";

/** The contract for finished and removed uploads. */
export function chunkStoreEnding(name: string, create: () => Promise<StoreFixture>): void {
  describe(`${name}: finishing`, () => {
    it("moves the file to its final place, again after a crash", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 4 }));
      await record.put(0, Buffer.from("done"));
      const complete = { ...record.upload, state: "complete" } as const;
      await fixture.store.finish(complete);
      await fixture.store.finish(complete);
      for (const upload of [complete, { ...complete, finished: true }]) {
        expect((await readAll(fixture.store, upload, { start: 0, end: 4 })).toString()).toBe(
          "done",
        );
      }
      expect(await objectsOf(fixture.store, record.upload.id)).toMatchObject([
        { bytes: 4, kind: "finished" },
      ]);
    });

    it("may be called twice at once", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 4 }));
      await record.put(0, Buffer.from("done"));
      const complete = { ...record.upload, state: "complete" } as const;
      await Promise.all([fixture.store.finish(complete), fixture.store.finish(complete)]);
      expect(await fixture.store.length({ ...complete, finished: true })).toBe(4);
    });

    it("creates an empty file for an empty upload", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store, { size: 0, state: "complete" });
      await fixture.store.finish(upload);
      await fixture.store.finish(upload);
      expect(await objectsOf(fixture.store, upload.id)).toMatchObject([
        { bytes: 0, kind: "finished" },
      ]);
      expect(await readAll(fixture.store, upload, { start: 0, end: 0 })).toHaveLength(0);
    });

    it("fails if bytes are missing", async () => {
      await using fixture = await create();
      const missing = recordFor(fixture.store, { size: 4, offset: 4, state: "complete" });
      await expect(fixture.store.finish(missing)).rejects.toEqual(unavailable);
      const short = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 4 }));
      await short.put(0, Buffer.from("123"));
      const full = { ...short.upload, offset: 4 };
      await expect(fixture.store.finish(full)).rejects.toEqual(unavailable);
    });
  });

  describe(`${name}: removing and listing`, () => {
    it("removes unfinished and finished files, and accepts missing ones", async () => {
      await using fixture = await create();
      const open = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 4 }));
      await open.put(0, Buffer.from("1234"));
      const closed = new ContractRecord(fixture.store, recordFor(fixture.store, { size: 4 }));
      await closed.put(0, Buffer.from("5678"));
      await fixture.store.finish(closed.upload);
      for (const { upload } of [open, closed, open]) {
        await fixture.store.remove(upload);
        expect(await fixture.store.length(upload)).toBe(0);
        expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
      }
    });

    it("may remove the bytes of an open writer", async () => {
      await using fixture = await create();
      const record = new ContractRecord(fixture.store, recordFor(fixture.store));
      const { writer } = await record.open();
      await writer.write(0, randomBytes(400_000));
      const { upload } = record;
      await fixture.store.remove(upload);
      await Promise.allSettled([writer.write(400_000, randomBytes(400_000)), writer.flush()]);
      await writer.close();
      expect(await fixture.store.length(upload)).toBe(0);
    });

    it("truncates bytes beyond the held ones, but not with an open writer", async () => {
      await using fixture = await create();
      if (!fixture.store.capabilities.readsUnfinished) return;
      const upload = recordFor(fixture.store);
      const { writer } = await new ContractRecord(fixture.store, upload).open();
      await writer.write(0, Buffer.from("held and refused"));
      await writer.flush();
      await fixture.store.cutBeyond(upload, async () => 4);
      expect(await fixture.store.length({ ...upload, offset: 4 })).toBe(16);
      await writer.close();
      await fixture.store.cutBeyond(upload, async () => null);
      expect(await fixture.store.length({ ...upload, offset: 4 })).toBe(16);
      await fixture.store.cutBeyond(upload, async () => 4);
      expect(await fixture.store.length({ ...upload, offset: 4 })).toBe(4);
      await put(fixture.store, { ...upload, offset: 4 }, { position: 4, bytes: Buffer.from("!") });
      expect(await fixture.store.length({ ...upload, offset: 5 })).toBe(5);
      await fixture.store.cutBeyond(recordFor(fixture.store), async () => 0);
    });

    it("opens new uploads while neighbours are removed", async () => {
      await using fixture = await create();
      await Promise.all(
        Array.from({ length: 30 }, async () => {
          const record = new ContractRecord(fixture.store, recordFor(fixture.store));
          await record.put(0, Buffer.from("here"));
          expect(await fixture.store.length(record.upload)).toBe(4);
          await fixture.store.remove(record.upload);
        }),
      );
      const left: StoredObject[] = [];
      for await (const object of fixture.store.objects()) left.push(object);
      expect(left).toEqual([]);
    });

    it("lists objects with their upload, and removes them by key", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("orphan") });
      const objects = await objectsOf(fixture.store, upload.id);
      expect(objects.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(6);
      for (const object of objects) {
        expect(object).toMatchObject({ kind: "unfinished", modifiedAt: expect.any(Date) });
        await fixture.store.removeObject(object.key);
      }
      expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
    });

    it("reports that it is writable", async () => {
      await using fixture = await create();
      await fixture.store.probe();
      const { minChunkBytes, maxChunkBytes } = fixture.store.capabilities;
      expect(minChunkBytes).toBeLessThanOrEqual(maxChunkBytes);
    });
  });
}
