import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const LEASE = 60_000;
/** A lease that has already ended, so that no test needs to wait. */
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

/** The contract of claims between instances that share an upload. */
export function claimsContract(makeDatabase: MakeDatabase): void {
  describe("take", () => {
    it("gives each claim a higher epoch", async () => {
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

    it("gives 50 concurrent claims 50 epochs, and only the newest stays", async () => {
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

    it("is NOT_FOUND for a missing upload", async () => {
      await using database = await makeDatabase();
      const refusal = await database.claims.take(randomUUID(), range, LEASE).catch((e) => e);
      expect(isUploadError(refusal) && refusal.code).toBe("NOT_FOUND");
    });
  });

  describe("takeFree", () => {
    it("takes a free range, and changes nothing if it is claimed", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      const first = (await claims.takeFree(id, range, LEASE))?.claim;
      if (first === undefined) throw new Error("The upload was free.");
      expect(await claims.takeFree(id, { start: 99, end: 300 }, LEASE)).toBeNull();
      expect(await claims.renew(first, LEASE)).toBe(true);
      const second = await claims.takeFree(id, touching, LEASE);
      expect(second?.claim.epoch).toBeGreaterThan(first.epoch);
      await claims.release(first);
      expect((await claims.takeFree(id, range, RUN_OUT))?.claim.range).toEqual(range);
      expect(await claims.takeFree(id, range, LEASE)).not.toBeNull();
      expect(await claims.takeFree(randomUUID(), range, LEASE).catch(() => null)).toBeNull();
    });

    it("reports at most the first of 50 concurrent claims as alone", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      const racers = Array.from({ length: 50 }, () => claims.takeFree(id, range, LEASE));
      const taken = (await Promise.all(racers)).filter((claim) => claim !== null);
      expect(taken.length).toBeGreaterThan(0);
      expect(new Set(taken.map(({ claim }) => claim.epoch)).size).toBe(taken.length);
      const first = Math.min(...taken.map(({ claim }) => claim.epoch));
      for (const { claim, isAlone } of taken) expect(isAlone && claim.epoch !== first).toBe(false);
    });
  });

  it("lists the epochs of the live claims, of a range or of the upload", async () => {
    await using database = await makeDatabase();
    const { claims } = database;
    const id = await newUpload(database);
    const first = await claims.take(id, range, LEASE);
    await claims.take(id, range, RUN_OUT);
    const last = await claims.take(id, far, LEASE);
    expect((await claims.alive(id)).sort((a, b) => a - b)).toEqual([first.epoch, last.epoch]);
    expect(await claims.alive(id, { start: 50, end: 60 })).toEqual([first.epoch]);
    await claims.release(first);
    expect(await claims.alive(id, range)).toEqual([]);
  });

  describe("renew", () => {
    it("succeeds while no newer claim overlaps, even after the lease ended", async () => {
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

    it("fails for good once a newer claim overlaps by a byte", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const claim = await claims.take(await newUpload(database), range, LEASE);
      const newer = await claims.take(claim.uploadId, { start: 99, end: 300 }, LEASE);
      expect(await claims.renew(claim, LEASE)).toBe(false);
      expect(await claims.renew(newer, LEASE)).toBe(true);
      await claims.release(newer);
      expect(await claims.renew(claim, LEASE)).toBe(false);
    });

    it("fails if the claim was voided, released, pruned or removed with its upload", async () => {
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

  describe("claims that may still write", () => {
    it("include an older overlapping claim until it is released", async () => {
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

    it("exclude a claim that ended, of another range or of another upload", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const id = await newUpload(database);
      await claims.take(id, range, RUN_OUT);
      await claims.take(id, touching, LEASE);
      await claims.take(await newUpload(database), range, LEASE);
      expect(await claims.olderAlive(await claims.take(id, range, LEASE))).toBe(false);
    });

    it("include a voided claim until its writer stops, because it may not have noticed", async () => {
      await using database = await makeDatabase();
      const { claims } = database;
      const claim = await claims.take(await newUpload(database), far, LEASE);
      await claims.voidAll(claim.uploadId);
      expect(await claims.anyAlive(claim.uploadId)).toBe(true);
      await claims.release(claim);
      expect(await claims.anyAlive(claim.uploadId)).toBe(false);
    });

    it("exclude all claims once their leases ended", async () => {
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

  it("prunes only claims that ended more than a minute ago", async () => {
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
