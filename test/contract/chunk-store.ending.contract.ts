import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { StoredObject } from "../../src/core/ports/chunk-store.ts";
import {
  objectsOf,
  put,
  readAll,
  recordFor,
  type StoreFixture,
  unavailable,
} from "./chunk-store.fixture.ts";

/** The part of the contract that is about finished and removed uploads. */
export function chunkStoreEnding(name: string, create: () => Promise<StoreFixture>): void {
  describe(`${name}: finishing`, () => {
    it("puts the file into its place, and again after a crash", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store, { size: 4 });
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("done") });
      const complete = { ...upload, offset: 4, state: "complete" } as const;
      await fixture.store.finish(complete);
      await fixture.store.finish(complete);
      for (const record of [complete, { ...complete, finished: true }]) {
        expect((await readAll(fixture.store, record, { start: 0, end: 4 })).toString()).toBe(
          "done",
        );
      }
      expect(await objectsOf(fixture.store, upload.id)).toMatchObject([
        { bytes: 4, kind: "finished" },
      ]);
    });

    it("may be asked twice at once", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store, { size: 4 });
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("done") });
      const complete = { ...upload, offset: 4, state: "complete" } as const;
      await Promise.all([fixture.store.finish(complete), fixture.store.finish(complete)]);
      expect(await fixture.store.length({ ...complete, finished: true })).toBe(4);
    });

    it("makes an empty file for an empty upload", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store, { size: 0, state: "complete" });
      await fixture.store.finish(upload);
      await fixture.store.finish(upload);
      expect(await objectsOf(fixture.store, upload.id)).toMatchObject([
        { bytes: 0, kind: "finished" },
      ]);
      expect(await readAll(fixture.store, upload, { start: 0, end: 0 })).toHaveLength(0);
    });

    it("refuses when bytes are missing", async () => {
      await using fixture = await create();
      const missing = recordFor(fixture.store, { size: 4, offset: 4, state: "complete" });
      await expect(fixture.store.finish(missing)).rejects.toEqual(unavailable);
      const short = recordFor(fixture.store, { size: 4 });
      await put(fixture.store, short, { position: 0, bytes: Buffer.from("123") });
      await expect(fixture.store.finish({ ...short, offset: 4 })).rejects.toEqual(unavailable);
    });
  });

  describe(`${name}: removing and listing`, () => {
    it("removes unfinished and finished files, and nothing without complaint", async () => {
      await using fixture = await create();
      const open = recordFor(fixture.store, { size: 4 });
      await put(fixture.store, open, { position: 0, bytes: Buffer.from("1234") });
      const closed = recordFor(fixture.store, { size: 4 });
      await put(fixture.store, closed, { position: 0, bytes: Buffer.from("5678") });
      await fixture.store.finish({ ...closed, offset: 4 });
      for (const upload of [open, closed, open]) {
        await fixture.store.remove(upload);
        expect(await fixture.store.length(upload)).toBe(0);
        expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
      }
    });

    it("does no harm when the bytes are removed under a writer", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const { writer } = await fixture.store.open(upload);
      await writer.write(0, randomBytes(400_000));
      await fixture.store.remove(upload);
      await Promise.allSettled([writer.write(400_000, randomBytes(400_000)), writer.flush()]);
      await writer.close();
      expect(await fixture.store.length(upload)).toBe(0);
    });

    it("cuts what lies beyond the held bytes, but under no writer", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      const { writer } = await fixture.store.open(upload);
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
          const upload = recordFor(fixture.store);
          await put(fixture.store, upload, { position: 0, bytes: Buffer.from("here") });
          const held = { ...upload, offset: 4 };
          expect(await fixture.store.length(held)).toBe(4);
          await fixture.store.remove(held);
        }),
      );
      const left: StoredObject[] = [];
      for await (const object of fixture.store.objects()) left.push(object);
      expect(left).toEqual([]);
    });

    it("lists what is there by upload, and removes it by key", async () => {
      await using fixture = await create();
      const upload = recordFor(fixture.store);
      await put(fixture.store, upload, { position: 0, bytes: Buffer.from("orphan") });
      const [object] = await objectsOf(fixture.store, upload.id);
      expect(object).toMatchObject({ bytes: 6, kind: "unfinished", modifiedAt: expect.any(Date) });
      await fixture.store.removeObject(object?.key ?? "");
      expect(await objectsOf(fixture.store, upload.id)).toEqual([]);
    });

    it("says that it can be written", async () => {
      await using fixture = await create();
      await fixture.store.probe();
      const { minChunkBytes, maxChunkBytes } = fixture.store.capabilities;
      expect(minChunkBytes).toBeLessThanOrEqual(maxChunkBytes);
    });
  });
}
