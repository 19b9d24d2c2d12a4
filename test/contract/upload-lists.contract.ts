import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import type { UploadQuery, UploadSort } from "../../src/core/ports/uploads.ts";
import type { Upload } from "../../src/core/upload.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { makeOwner, uploadRecord } from "../support/upload-record.ts";

const now = new Date("2026-03-04T12:00:00.000Z");
const later = new Date("2026-03-05T12:00:00.000Z");
const earlier = new Date("2026-03-04T11:00:00.000Z");
const newest = { sort: "createdAt", order: "desc", limit: 50, now } as const;

async function insertAll(database: TempDatabase, changes: readonly Partial<Upload>[]) {
  const uploads = changes.map((change, n) =>
    uploadRecord({
      id: randomUUID(),
      createdAt: new Date(Date.UTC(2026, 2, 1, 0, 0, n)),
      expiresAt: later,
      ...change,
    }),
  );
  for (const upload of uploads) await database.uploads.insert(upload);
  return uploads;
}

async function names(database: TempDatabase, query: Partial<UploadQuery>): Promise<string[]> {
  const page = await database.uploads.list({ ...newest, ...query });
  return page.items.map((upload) => upload.filename);
}

/** The contract of repositories for lists, counts, sums and the queries of the sweeper. */
export function uploadListsContract(makeDatabase: MakeDatabase): void {
  describe("list", () => {
    const ties = [3, 1, null, 2, 2, null, 1, 2, 0];

    for (const sort of ["createdAt", "filename", "size"] as const satisfies UploadSort[]) {
      for (const order of ["asc", "desc"] as const) {
        it(`pages through ties by ${sort} ${order} without a gap or a repeat`, async () => {
          await using database = await makeDatabase();
          const uploads = await insertAll(
            database,
            ties.map((tie) => ({
              size: tie,
              filename: `${tie ?? "none"}.bin`,
              createdAt: new Date(Date.UTC(2026, 0, 1 + (tie ?? 9))),
            })),
          );
          const seen: Upload[] = [];
          let cursor: string | undefined;
          do {
            const page = await database.uploads.list({ ...newest, sort, order, limit: 2, cursor });
            seen.push(...page.items);
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined);
          expect(seen.map(({ id }) => id).sort()).toEqual(uploads.map(({ id }) => id).sort());
          const whole = await database.uploads.list({ ...newest, sort, order });
          expect(seen).toEqual(whole.items);
          expect(whole.nextCursor).toBeNull();
        });
      }
    }

    for (const order of ["asc", "desc"] as const) {
      it(`pages by filename ${order} through the longest names, with cursors that fit into a URL`, async () => {
        await using database = await makeDatabase();
        const ends = ["b", "a", "c", "a", ""];
        const filenames = ["_", "\u4e00", "x"].flatMap((letter) =>
          ends.map((end) => letter.repeat(1_023) + end),
        );
        await insertAll(
          database,
          filenames.map((filename) => ({ filename })),
        );
        const query = { ...newest, sort: "filename", order } as const;
        const whole = await database.uploads.list(query);
        const seen: Upload[] = [];
        let cursor: string | undefined;
        do {
          const page = await database.uploads.list({ ...query, limit: 1, cursor });
          seen.push(...page.items);
          cursor = page.nextCursor ?? undefined;
          expect(cursor?.length ?? 0).toBeLessThanOrEqual(1_024);
        } while (cursor !== undefined && seen.length <= whole.items.length);
        expect(seen).toEqual(whole.items);
      });
    }

    it("orders by size with unknown sizes last, in both orders", async () => {
      await using database = await makeDatabase();
      await insertAll(database, [{ size: null }, { size: 2 ** 50 }, { size: 7 }]);
      const sizes = async (order: "asc" | "desc") =>
        (await database.uploads.list({ ...newest, sort: "size", order })).items.map((u) => u.size);
      expect(await sizes("asc")).toEqual([7, 2 ** 50, null]);
      expect(await sizes("desc")).toEqual([2 ** 50, 7, null]);
    });

    it("has no next page if the last one is exactly full", async () => {
      await using database = await makeDatabase();
      await insertAll(database, [{}, {}]);
      expect((await database.uploads.list({ ...newest, limit: 2 })).nextCursor).toBeNull();
    });

    it("filters by the visible status, and omits uploads that are being deleted", async () => {
      await using database = await makeDatabase();
      await insertAll(database, [
        { filename: "running" },
        { filename: "late", expiresAt: earlier },
        { filename: "just now", expiresAt: now },
        { filename: "swept", state: "swept" },
        { filename: "done", state: "complete", expiresAt: earlier },
        { filename: "going", state: "deleting" },
      ]);
      expect(await names(database, { status: "uploading" })).toEqual(["running"]);
      expect(await names(database, { status: "expired" })).toEqual(["swept", "just now", "late"]);
      expect(await names(database, { status: "complete" })).toEqual(["done"]);
      expect(await names(database, {})).toHaveLength(5);
      expect(await database.uploads.count({ now }, 100)).toBe(5);
    });

    it("finds a part of the filename, case-insensitive and literal", async () => {
      await using database = await makeDatabase();
      const all = ["Report 100%.PDF", "report_1.pdf", "reportx1.pdf", "a\\b", "Cafe\u0301", "ÜBER"];
      await insertAll(
        database,
        all.map((filename) => ({ filename })),
      );
      const found: Record<string, string[]> = {
        "%": ["Report 100%.PDF"],
        _: ["report_1.pdf"],
        T_1: ["report_1.pdf"],
        "\\": ["a\\b"],
        "0%.p": ["Report 100%.PDF"],
        café: ["Cafe\u0301"],
        über: ["ÜBER"],
        report: ["reportx1.pdf", "report_1.pdf", "Report 100%.PDF"],
        "": all.toReversed(),
        "nothing like it": [],
        "\u0000": [],
        "'": [],
      };
      for (const [search, expected] of Object.entries(found)) {
        expect(await names(database, { search })).toEqual(expected);
      }
    });

    it("filters by owner, ownerlessness, profile and time", async () => {
      await using database = await makeDatabase();
      const ann = await makeOwner(database, "ann@example.org");
      const bob = await makeOwner(database, "bob@example.org");
      await insertAll(database, [
        { filename: "a", ownerId: ann, createdAt: earlier },
        { filename: "b", ownerId: bob, createdAt: now },
        { filename: "n", profile: "avatar", createdAt: later },
      ]);
      expect(await names(database, { ownerId: ann })).toEqual(["a"]);
      expect(await names(database, { ownerId: "nobody" })).toEqual([]);
      expect(await names(database, { includeOwnerless: false })).toEqual(["b", "a"]);
      expect(await names(database, { includeOwnerless: true })).toEqual(["n", "b", "a"]);
      expect(await names(database, { profile: "avatar" })).toEqual(["n"]);
      expect(await names(database, { createdAfter: now })).toEqual(["n", "b"]);
      expect(await names(database, { createdBefore: now })).toEqual(["a"]);
    });

    it("counts up to the cap", async () => {
      await using database = await makeDatabase();
      await insertAll(database, [{}, {}, { profile: "avatar" }]);
      expect(await database.uploads.count({ now }, 2)).toBe(2);
      expect(await database.uploads.count({ now, profile: "avatar" }, 2)).toBe(1);
    });
  });

  it("refuses an invalid cursor", async () => {
    await using database = await makeDatabase();
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const query = { sort: "createdAt", order: "desc", limit: 10, now: new Date() } as const;
    for (const cursor of [
      "",
      "x",
      "%%%",
      forged({}),
      forged(["size", 1, "a"]),
      forged([1, 2, 3]),
    ]) {
      const refusal = await database.uploads.list({ ...query, cursor }).catch((error) => error);
      expect(isUploadError(refusal) && refusal.code).toBe("INVALID_INPUT");
      expect(refusal.details).toEqual({ field: "cursor" });
    }
  });

  it("finds resumable uploads: own, unfinished, unexpired, same name and size", async () => {
    await using database = await makeDatabase();
    const ann = await makeOwner(database, "ann@example.org");
    const mine = { ownerId: ann, filename: "film.mp4", size: 2 ** 33 };
    const [first, second] = await insertAll(database, [
      mine,
      mine,
      { ...mine, filename: "Film.mp4" },
      { ...mine, size: 1 },
      { ...mine, size: null },
      { ...mine, ownerId: null },
      { ...mine, expiresAt: now },
      { ...mine, state: "complete" },
      { ...mine, state: "swept" },
      { ...mine, state: "deleting" },
    ]);
    expect(await database.uploads.resumable({ ...mine, now })).toEqual([second, first]);
    const twenty = Array.from({ length: 20 }, () => mine);
    await insertAll(database, twenty);
    expect(await database.uploads.resumable({ ...mine, now })).toHaveLength(20);
  });

  it("sums the bytes that count against a quota", async () => {
    await using database = await makeDatabase();
    const ann = await makeOwner(database, "ann@example.org");
    expect(await database.uploads.usage(ann)).toBe(0);
    const deferred = { ownerId: ann, size: null, offset: 10, beyond: [{ start: 20, end: 25 }] };
    const uploads = await insertAll(database, [
      { ownerId: ann, size: 2 ** 40 },
      { ownerId: ann, size: 5, state: "complete" },
      { ownerId: ann, size: 7, expiresAt: earlier },
      deferred,
      { ownerId: ann, size: 1_000, state: "swept" },
      { ownerId: ann, size: 1_000, state: "deleting" },
      { ownerId: null, size: 1_000 },
    ]);
    expect(await database.uploads.usage(ann)).toBe(2 ** 40 + 5 + 7 + 15);
    const before = uploads[3];
    if (before === undefined) throw new Error("Nothing was inserted.");
    await database.uploads.update(before, { beyond: [] });
    expect(await database.uploads.usage(ann)).toBe(2 ** 40 + 5 + 7 + 10);
  });

  it("iterates by id over expired, unsettled and complete uploads", async () => {
    await using database = await makeDatabase();
    const uploads = await insertAll(database, [
      { filename: "late 1", expiresAt: earlier },
      { filename: "late 2", expiresAt: now },
      { filename: "running" },
      { filename: "swept", state: "swept", expiresAt: earlier },
      { filename: "going", state: "deleting" },
      { filename: "unfinished", state: "complete", expiresAt: earlier },
      { filename: "done", state: "complete", finished: true, expiresAt: earlier },
    ]);
    const wanted = (...filenames: string[]) =>
      uploads.filter((u) => filenames.includes(u.filename)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const { uploads: port } = database;
    const walks = [
      { ask: port.expired.bind(port, now), all: wanted("late 1", "late 2") },
      {
        ask: (page: { afterId?: string | undefined; limit: number }) =>
          port.expired(now, { ...page, swept: true }),
        all: wanted("late 1", "late 2", "swept"),
      },
      { ask: port.unsettled.bind(port), all: wanted("going", "unfinished") },
      { ask: port.completed.bind(port), all: wanted("unfinished", "done") },
    ];
    for (const { ask, all } of walks) {
      const first = await ask({ limit: 1 });
      expect(first).toEqual(all.slice(0, 1));
      expect(await ask({ afterId: first[0]?.id, limit: 5 })).toEqual(all.slice(1));
    }
  });
}
