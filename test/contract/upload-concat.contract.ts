import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Upload } from "../../src/core/upload.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const now = new Date("2026-03-04T12:00:00.000Z");
const earlier = new Date("2026-03-04T11:00:00.000Z");
const later = new Date("2026-03-05T12:00:00.000Z");
const newest = { sort: "createdAt", order: "desc", limit: 50, now } as const;

async function insert(database: TempDatabase, changes: Partial<Upload>): Promise<Upload> {
  const upload = uploadRecord({ id: randomUUID(), expiresAt: later, ...changes });
  await database.uploads.insert(upload);
  return upload;
}

async function owner(database: TempDatabase): Promise<string> {
  const ann = { email: "ann@example.org", name: null, role: "user", passwordHash: null } as const;
  return (await database.users.create(ann)).id;
}

/** The contract of repositories for tus concatenation: what they store, and where partial uploads are visible. */
export function uploadConcatContract(makeDatabase: MakeDatabase): void {
  describe("a concatenation", () => {
    it("is found as it was inserted and changed", async () => {
      await using database = await makeDatabase();
      const parts = [randomUUID(), randomUUID()];
      const repeated = [...parts, parts[0] ?? ""];
      const final = await insert(database, {
        ...{ origin: "tus", concat: "final", parts: repeated, uploadMetadata: "filename YQ==,b" },
        uploadConcat: `final;/api/tus/${parts[0]} /api/tus/${parts[1]}`,
      });
      expect(await database.uploads.find(final.id)).toEqual(final);
      const partial = await insert(database, { origin: "tus", concat: "partial" });
      const merged = { state: "merged", finalId: final.id } as const;
      const changed = await database.uploads.update(partial, merged);
      expect(changed).toMatchObject(merged);
      expect(await database.uploads.find(partial.id)).toEqual(changed);
      const free = { state: "uploading", finalId: null } as const;
      const freed = changed && (await database.uploads.update(changed, free));
      expect(await database.uploads.find(partial.id)).toEqual(freed);
      expect(freed).toMatchObject({ ...free, parts: null, uploadMetadata: null });
    });

    it("allows one of two final uploads to claim a partial one", async () => {
      await using database = await makeDatabase();
      const partial = await insert(database, { concat: "partial" });
      const claims = await Promise.all(
        Array.from({ length: 20 }, () =>
          database.uploads.update(partial, { state: "merged", finalId: randomUUID() }),
        ),
      );
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    it("is listed by its final upload, without the partial ones", async () => {
      await using database = await makeDatabase();
      const ownerId = await owner(database);
      const same = { ownerId, filename: "film.mp4", size: 10 };
      await insert(database, { ...same, concat: "partial" });
      await insert(database, { ...same, concat: "partial", state: "merged" });
      await insert(database, { ...same, concat: "partial", expiresAt: earlier });
      const final = await insert(database, { ...same, concat: "final", parts: [randomUUID()] });
      for (const status of [undefined, "uploading"] as const) {
        const { items } = await database.uploads.list({ ...newest, status });
        expect(items.map(({ id }) => id)).toEqual([final.id]);
        expect(await database.uploads.count({ now, status }, 10)).toBe(1);
      }
      expect((await database.uploads.list({ ...newest, status: "expired" })).items).toEqual([]);
      // No client could send its bytes.
      expect(await database.uploads.resumable({ ...same, now })).toEqual([]);
    });

    it("counts once against the quota", async () => {
      await using database = await makeDatabase();
      const ownerId = await owner(database);
      await insert(database, { ownerId, size: 10, concat: "partial", state: "merged" });
      await insert(database, { ownerId, size: 20, concat: "final" });
      await insert(database, { ownerId, size: 5, concat: "partial" });
      expect(await database.uploads.usage(ownerId)).toBe(25);
    });

    it("counts in statistics by its final upload; bytes of partial uploads count as stored", async () => {
      await using database = await makeDatabase();
      await insert(database, { concat: "partial", offset: 7 });
      await insert(database, { concat: "partial", offset: 10, state: "merged" });
      await insert(database, { concat: "final", offset: 4 });
      const stats = await database.uploads.stats({ now });
      expect(stats.byStatus).toEqual({ uploading: 1, complete: 0, expired: 0 });
      expect(stats.bytes).toEqual({ uploading: 11, complete: 0 });
      expect(stats.daily.map(({ created }) => created)).toEqual([1]);
    });

    it("expires, merged or not", async () => {
      await using database = await makeDatabase();
      const old = { concat: "partial", expiresAt: earlier } as const;
      const open = await insert(database, old);
      const merged = await insert(database, { ...old, state: "merged" });
      await insert(database, { ...old, state: "swept" });
      await insert(database, { concat: "partial" });
      const expired = await database.uploads.expired(now, { limit: 10 });
      expect(expired.map(({ id }) => id)).toEqual([open.id, merged.id].sort());
    });
  });

  it("iterates by id over uploads that need no more bytes", async () => {
    await using database = await makeDatabase();
    const full = { origin: "tus", size: 10, offset: 10 } as const;
    const ready = [
      await insert(database, full),
      await insert(database, { ...full, expiresAt: earlier }),
      await insert(database, { ...full, size: 0, offset: 0 }),
      await insert(database, { ...full, concat: "final", offset: 3 }),
      await insert(database, { ...full, concat: "final" }),
    ];
    await insert(database, { ...full, origin: "api" });
    await insert(database, { ...full, offset: 9 });
    await insert(database, { ...full, size: null });
    await insert(database, { ...full, concat: "partial" });
    for (const state of ["complete", "merged", "deleting", "swept"] as const) {
      await insert(database, { ...full, state });
    }
    const ids = ready.map(({ id }) => id).sort();
    const first = await database.uploads.readyToComplete({ limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await database.uploads.readyToComplete({ afterId: ids[1], limit: 10 });
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
  });
}
