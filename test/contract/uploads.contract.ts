import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import type { UploadChanges } from "../../src/core/ports/uploads.ts";
import type { Upload } from "../../src/core/upload.ts";
import type { MakeDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const newUpload = (changes: Partial<Upload> = {}) => uploadRecord({ id: randomUUID(), ...changes });

/** The contract of repositories for single records: insert, update, remove. */
export function uploadsContract(makeDatabase: MakeDatabase): void {
  describe("a record", () => {
    it("is found as it was inserted", async () => {
      await using database = await makeDatabase();
      const owner = await database.users.create(person("owner@example.org"));
      const upload = newUpload({
        ownerId: owner.id,
        size: Number.MAX_SAFE_INTEGER,
        maxBytes: Number.MAX_SAFE_INTEGER,
        offset: 2 ** 40,
        beyond: [
          { start: 2 ** 41, end: 2 ** 42 },
          { start: 2 ** 43, end: Number.MAX_SAFE_INTEGER },
        ],
        digestState: new Uint8Array([0, 1, 254, 255]),
        digestOffset: 2 ** 40,
        filename: "Œuvre 100%_\\ \u{1f39e}.mp4",
        metadata: { text: "a", list: [1, null, { deep: true }], number: 1.5 },
        storeState: null,
        createdAt: new Date("2026-03-04T18:59:59.999Z"),
      });
      await database.uploads.insert(upload);
      expect(await database.uploads.find(upload.id)).toEqual(upload);
    });

    it("is inserted once: a second insert with its id throws a plain Error, not UNAVAILABLE", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      await database.uploads.insert(upload);
      const thrown = await database.uploads.insert(upload).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(Error);
      expect(isUploadError(thrown)).toBe(false);
    });

    it("keeps JSON with special characters and keys", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({
        metadata: { nul: "a\u0000b", half: "\ud800", $json: "own" },
        storeState: [{ parts: ["\udfff"] }],
      });
      await database.uploads.insert(upload);
      expect(await database.uploads.find(upload.id)).toEqual(upload);
    });

    it("stores what the commit of a chunk changes, once for each version", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({ size: null, metadata: { kept: true } });
      await database.uploads.insert(upload);
      const changes: UploadChanges = {
        offset: 2 ** 40,
        beyond: [{ start: 2 ** 41, end: Number.MAX_SAFE_INTEGER }],
        size: Number.MAX_SAFE_INTEGER,
        storeState: { parts: ["\udfff", null], $json: "own" },
        digestOffset: 2 ** 40,
        digestState: new Uint8Array([9, 0, 255, 9]).subarray(1, 3),
        expiresAt: new Date("2026-03-06T05:06:07.089Z"),
      };
      const committed = await database.uploads.update(upload, changes);
      expect(committed).toMatchObject({ ...changes, version: 1, metadata: { kept: true } });
      expect(await database.uploads.find(upload.id)).toEqual(committed);
      expect(await database.uploads.update(upload, { offset: 1 })).toBeNull();
      expect(await database.uploads.find(upload.id)).toEqual(committed);
      const dropped = { digestOffset: 0, digestState: null };
      expect(await database.uploads.update(committed as Upload, dropped)).toMatchObject(dropped);
      expect(await database.uploads.find(upload.id)).toMatchObject({ ...dropped, version: 2 });
    });

    it("keeps only the view of a larger buffer", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({ digestState: new Uint8Array([9, 1, 2, 9]).subarray(1, 3) });
      await database.uploads.insert(upload);
      const found = await database.uploads.find(upload.id);
      expect([...(found?.digestState ?? [])]).toEqual([1, 2]);
    });

    it("is not found by any other string", async () => {
      await using database = await makeDatabase();
      await database.uploads.insert(newUpload());
      for (const id of [
        "",
        "x",
        randomUUID(),
        "%",
        "' OR 1=1 --",
        "\u0000",
        "\ud800",
        "ü".repeat(9_999),
      ])
        expect(await database.uploads.find(id)).toBeNull();
    });

    it("is still found while it is being deleted, and gone once removed", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({ state: "deleting" });
      await database.uploads.insert(upload);
      expect(await database.uploads.find(upload.id)).toEqual(upload);
      await database.uploads.remove(upload.id);
      await database.uploads.remove(upload.id);
      expect(await database.uploads.find(upload.id)).toBeNull();
    });

    it("is removed together with its outbox entry and claims", async () => {
      await using database = await makeDatabase();
      const upload = await completed(database);
      await database.claims.take(upload.id, { start: 0, end: 1 }, 60_000);
      await database.uploads.remove(upload.id);
      expect(await database.outbox.findByUpload(upload.id)).toBeNull();
      expect(await database.claims.anyAlive(upload.id)).toBe(false);
    });
  });

  describe("update", () => {
    it("sets the changes, increments the version and returns the whole record", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({ completionError: "old" });
      await database.uploads.insert(upload);
      const changes = {
        offset: 10,
        beyond: [{ start: 20, end: 30 }],
        digestState: new Uint8Array([7]),
        digestOffset: 10,
        storeState: { tail: "x" },
        size: null,
        completionError: null,
        expiresAt: new Date("2027-01-01T00:00:00.001Z"),
      };
      const updated = await database.uploads.update(upload, changes);
      const { updatedAt, ...rest } = updated ?? upload;
      expect({ ...rest, updatedAt: upload.updatedAt }).toEqual({
        ...upload,
        ...changes,
        version: 1,
      });
      expect(updatedAt.getTime()).toBeGreaterThan(upload.updatedAt.getTime());
      expect(await database.uploads.find(upload.id)).toEqual(updated);
    });

    it("changes JSON columns independently", async () => {
      await using database = await makeDatabase();
      const upload = newUpload({ metadata: { a: "b" }, beyond: [{ start: 5, end: 6 }] });
      await database.uploads.insert(upload);
      await database.uploads.update(upload, { beyond: [] });
      const found = await database.uploads.find(upload.id);
      expect(found).toMatchObject({ metadata: { a: "b" }, beyond: [], version: 1 });
    });

    it("returns null if the record changed first, was removed, or never existed", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      expect(await database.uploads.update(upload, { offset: 1 })).toBeNull();
      await database.uploads.insert(upload);
      await database.uploads.update(upload, { offset: 1 });
      expect(await database.uploads.update(upload, { offset: 2 })).toBeNull();
      expect(await database.uploads.find(upload.id)).toMatchObject({ offset: 1, version: 1 });
      await database.uploads.remove(upload.id);
      expect(await database.uploads.update({ ...upload, version: 1 }, { offset: 2 })).toBeNull();
    });

    it("succeeds for exactly one of 50 concurrent calls", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      await database.uploads.insert(upload);
      const racers = Array.from({ length: 50 }, (_, n) =>
        database.uploads.update(upload, { offset: n + 1 }),
      );
      const winners = (await Promise.all(racers)).filter((result) => result !== null);
      expect(winners).toHaveLength(1);
      expect(await database.uploads.find(upload.id)).toEqual(winners[0]);
    });
  });

  describe("a guarded update", () => {
    const range = { start: 0, end: 100 };
    const far = { start: 100, end: 200 };

    it("succeeds while its claim is valid, with any claims of other ranges", async () => {
      await using database = await makeDatabase();
      const { upload, claim } = await claimed(database, range);
      await database.claims.take(upload.id, far, 60_000);
      const now = await reread(database, upload);
      const guard = { epoch: claim.epoch, range };
      expect(await database.uploads.update(now, { offset: 100 }, guard)).toMatchObject({
        offset: 100,
      });
    });

    it("fails once a newer claim overlaps, even a released one", async () => {
      await using database = await makeDatabase();
      const { upload, claim } = await claimed(database, range);
      const newer = await database.claims.take(upload.id, { start: 99, end: 100 }, 60_000);
      const guard = { epoch: claim.epoch, range };
      const refused = async () =>
        database.uploads.update(await reread(database, upload), { offset: 100 }, guard);
      expect(await refused()).toBeNull();
      await database.claims.release(newer);
      expect(await refused()).toBeNull();
      expect(await reread(database, upload)).toMatchObject({ offset: 0 });
    });

    it("fails if its claim was voided or released, or never existed", async () => {
      await using database = await makeDatabase();
      const { upload, claim } = await claimed(database, range);
      await database.claims.voidAll(upload.id);
      const released = await database.claims.take(upload.id, far, 60_000);
      await database.claims.release(released);
      const now = await reread(database, upload);
      for (const epoch of [claim.epoch, released.epoch, 4_711]) {
        const guard = { epoch, range: epoch === released.epoch ? far : range };
        expect(await database.uploads.update(now, { offset: 100 }, guard)).toBeNull();
      }
    });

    it("returns null if the record is from before a claim was taken or voided", async () => {
      await using database = await makeDatabase();
      const { upload, claim } = await claimed(database, range);
      const before = await reread(database, upload);
      await database.claims.take(upload.id, far, 60_000);
      const guard = { epoch: claim.epoch, range };
      expect(await database.uploads.update(before, { offset: 100 }, guard)).toBeNull();
      const after = await reread(database, upload);
      await database.claims.voidAll(upload.id);
      expect(await database.uploads.update(after, { offset: 100 })).toBeNull();
    });
  });

  describe("updateWithOutbox", () => {
    const due = new Date("2026-03-04T07:00:00.000Z");
    const done = { state: "complete", completion: "pending" } as const;

    it("writes the change and the entry together", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      await database.uploads.insert(upload);
      const updated = await database.uploads.updateWithOutbox(upload, done, due);
      expect(updated).toMatchObject({ ...done, version: 1 });
      expect(await database.uploads.find(upload.id)).toEqual(updated);
      const entry = await database.outbox.findByUpload(upload.id);
      expect(entry).toMatchObject({ uploadId: upload.id, attempts: 0, dueAt: due });
    });

    it("writes neither if the record changed first", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      await database.uploads.insert(upload);
      await database.uploads.update(upload, { offset: 1 });
      expect(await database.uploads.updateWithOutbox(upload, done, due)).toBeNull();
      expect(await database.outbox.findByUpload(upload.id)).toBeNull();
      expect(await database.uploads.find(upload.id)).toMatchObject({
        state: "uploading",
        offset: 1,
      });
    });

    it("writes one entry for 20 concurrent completions", async () => {
      await using database = await makeDatabase();
      const upload = newUpload();
      await database.uploads.insert(upload);
      const racers = Array.from({ length: 20 }, () =>
        database.uploads.updateWithOutbox(upload, done, due),
      );
      const won = (await Promise.all(racers)).filter((result) => result !== null);
      expect(won).toHaveLength(1);
      expect(await database.outbox.due(due, 10)).toHaveLength(1);
    });
  });

  it("returns which ids have a record", async () => {
    await using database = await makeDatabase();
    const upload = uploadRecord();
    await database.uploads.insert(upload);
    const other = "99999999-2222-4333-8444-555555555555";
    expect(await database.uploads.known([upload.id, other])).toEqual(new Set([upload.id]));
    expect(await database.uploads.known([])).toEqual(new Set());
  });
}

type Ports = Awaited<ReturnType<MakeDatabase>>;

function person(email: string) {
  return { email, name: null, role: "user", passwordHash: null } as const;
}

async function reread(database: Ports, upload: Upload): Promise<Upload> {
  const found = await database.uploads.find(upload.id);
  if (found === null) throw new Error("The upload is gone.");
  return found;
}

async function claimed(database: Ports, range: { start: number; end: number }) {
  const upload = newUpload();
  await database.uploads.insert(upload);
  return { upload, claim: await database.claims.take(upload.id, range, 60_000) };
}

async function completed(database: Ports): Promise<Upload> {
  const upload = newUpload();
  await database.uploads.insert(upload);
  const updated = await database.uploads.updateWithOutbox(
    upload,
    { state: "complete" },
    new Date("2026-03-04T07:00:00.000Z"),
  );
  if (updated === null) throw new Error("The upload was not completed.");
  return updated;
}
