import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const LEASE = 60_000;
/** A lease that has run out when it is taken: no test needs to wait. */
const RUN_OUT = -1_000;
const LONG_RUN_OUT = -61_000;
const range = { start: 0, end: 100 };
const touching = { start: 100, end: 200 };
const far = { start: 2 ** 50, end: Number.MAX_SAFE_INTEGER };

async function newUpload(database: TempDatabase): Promise<string> {
  const upload = uploadRecord({ id: randomUUID() });
  await database.uploads.insert(upload);
  return upload.id;
}

/** What every keeper of claims promises to instances that share an upload. */
export function claimsContract(makeDatabase: MakeDatabase): void {
  describe("take", () => {
    it("gives each claim a higher epoch, whatever came before it", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      const first = await claims.take(id, range, LONG_RUN_OUT);
      expect(first).toEqual({ uploadId: id, range, epoch: first.epoch });
      await claims.release(first);
      await claims.prune();
      const second = await claims.take(id, far, LEASE);
      await claims.voidAll(id);
      const third = await claims.take(id, far, LEASE);
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(third.epoch).toBeGreaterThan(second.epoch);
    });

    it("gives 50 racers 50 epochs, and only the newest stays", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      const taken = await Promise.all(
        Array.from({ length: 50 }, () => claims.take(id, range, LEASE)),
      );
      expect(new Set(taken.map(({ epoch }) => epoch)).size).toBe(50);
      const stands = await Promise.all(taken.map((claim) => claims.renew(claim, LEASE)));
      const newest = Math.max(...taken.map(({ epoch }) => epoch));
      expect(taken.filter((_, n) => stands[n]).map(({ epoch }) => epoch)).toEqual([newest]);
    });

    it("is NOT_FOUND for an upload that is not there", async () => {
      await using database = await makeDatabase();
      const refusal = await database.claims.take(randomUUID(), range, LEASE).catch((e) => e);
      expect(isUploadError(refusal) && refusal.code).toBe("NOT_FOUND");
    });
  });

  describe("renew", () => {
    it("goes on while nothing newer overlaps, even after the lease ran out", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const claim = await claims.take(await newUpload(database), range, RUN_OUT);
      await claims.take(claim.uploadId, touching, LEASE);
      await claims.take(await newUpload(database), range, LEASE);
      expect(await claims.renew(claim, LEASE)).toBe(true);
      await claims.voidAll(await newUpload(database));
      expect(await claims.renew(claim, LEASE)).toBe(true);
      expect(await claims.anyAlive(claim.uploadId)).toBe(true);
    });

    it("is refused once a newer claim overlaps by a byte, for good", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const claim = await claims.take(await newUpload(database), range, LEASE);
      const newer = await claims.take(claim.uploadId, { start: 99, end: 300 }, LEASE);
      expect(await claims.renew(claim, LEASE)).toBe(false);
      expect(await claims.renew(newer, LEASE)).toBe(true);
      await claims.release(newer);
      expect(await claims.renew(claim, LEASE)).toBe(false);
    });

    it("is refused when the claim was voided, released, pruned or removed with its upload", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const take = async (ms: number) => claims.take(await newUpload(database), range, ms);
      const voided = await take(LEASE);
      await claims.voidAll(voided.uploadId);
      const released = await take(LEASE);
      await claims.release(released);
      const pruned = await take(LONG_RUN_OUT);
      await claims.prune();
      const removed = await take(LEASE);
      await database.uploads.remove(removed.uploadId);
      for (const claim of [voided, released, pruned, removed])
        expect(await claims.renew(claim, LEASE)).toBe(false);
    });
  });

  describe("who may still be writing", () => {
    it("an older overlapping claim does, until it is released", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const older = await claims.take(await newUpload(database), range, LEASE);
      const newer = await claims.take(older.uploadId, range, LEASE);
      expect(await claims.olderAlive(newer)).toBe(true);
      expect(await claims.olderAlive(older)).toBe(false);
      await claims.release(older);
      await claims.release(older);
      expect(await claims.olderAlive(newer)).toBe(false);
    });

    it("one that ran out, lies elsewhere in the file or belongs to another upload does not", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      await claims.take(id, range, RUN_OUT);
      await claims.take(id, touching, LEASE);
      await claims.take(await newUpload(database), range, LEASE);
      expect(await claims.olderAlive(await claims.take(id, range, LEASE))).toBe(false);
    });

    it("a voided writer does until it stops, since it may not have noticed", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const claim = await claims.take(await newUpload(database), far, LEASE);
      await claims.voidAll(claim.uploadId);
      expect(await claims.anyAlive(claim.uploadId)).toBe(true);
      await claims.release(claim);
      expect(await claims.anyAlive(claim.uploadId)).toBe(false);
    });

    it("nobody does when every lease ran out", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      expect(await claims.anyAlive(id)).toBe(false);
      await claims.take(id, range, RUN_OUT);
      expect(await claims.anyAlive(id)).toBe(false);
      await claims.take(id, range, LEASE);
      expect(await claims.anyAlive(id)).toBe(true);
    });
  });

  it("prunes only what ran out more than a minute ago", async () => {
    await using database = await makeDatabase();
    const { claims } = database;
    const id = await newUpload(database);
    const gone = await claims.take(id, range, LONG_RUN_OUT);
    const recent = await claims.take(id, far, RUN_OUT);
    await claims.prune();
    expect(await claims.renew(gone, LEASE)).toBe(false);
    expect(await claims.renew(recent, LEASE)).toBe(true);
  });
}
