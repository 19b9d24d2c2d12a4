import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { UploadFilter } from "../../src/core/ports/uploads.ts";
import type { Upload } from "../../src/core/upload.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { makeOwner, uploadRecord } from "../support/upload-record.ts";

const now = new Date("2026-03-04T12:00:00.000Z");

/** Inserts uploads, the first one the oldest. */
async function insertAll(database: TempDatabase, changes: readonly Partial<Upload>[]) {
  const uploads = changes.map((change, n) =>
    uploadRecord({ id: randomUUID(), createdAt: new Date(Date.UTC(2026, 2, 1, 0, n)), ...change }),
  );
  for (const upload of uploads) await database.uploads.insert(upload);
  return uploads;
}

async function names(database: TempDatabase, filter: UploadFilter): Promise<string[]> {
  const query = { ...filter, sort: "filename", order: "asc", limit: 50, now } as const;
  const { items } = await database.uploads.list(query);
  expect(await database.uploads.count({ ...filter, now }, 100)).toBe(items.length);
  return items.map(({ filename }) => filename);
}

/** The contract of repositories for search, and for lookup by name, size and path. */
export function uploadSearchContract(makeDatabase: MakeDatabase): void {
  describe("search", () => {
    it("searches the relative path, which ends with the filename", async () => {
      await using database = await makeDatabase();
      const [moved] = await insertAll(database, [
        { filename: "a.txt", path: "Photos/Été 100%/a.txt" },
        { filename: "b.txt", path: "photos_b/b.txt" },
        { filename: "photos.txt" },
      ]);
      expect(await names(database, { search: "PHOTOS" })).toEqual(["a.txt", "b.txt", "photos.txt"]);
      expect(await names(database, { search: "photos/été 100%" })).toEqual(["a.txt"]);
      expect(await names(database, { search: "s_" })).toEqual(["b.txt"]);
      expect(await names(database, { search: "A.TXT" })).toEqual(["a.txt"]);
      if (moved === undefined) throw new Error("Nothing was inserted.");
      await database.uploads.update(moved, { filename: "c.txt", path: "films/c.txt" });
      expect(await names(database, { search: "films" })).toEqual(["c.txt"]);
      expect(await names(database, { search: "a.txt" })).toEqual([]);
    });

    it("is case-insensitive for all letters", async () => {
      await using database = await makeDatabase();
      await insertAll(database, [
        { filename: "ΟΔΟΣ.txt" },
        { filename: "Straße.txt" },
        { filename: "İzmir ısı.txt" },
      ]);
      const found: Record<string, string> = {
        ...{ οδος: "ΟΔΟΣ.txt", οδοσ: "ΟΔΟΣ.txt", Οδός: "" },
        ...{ STRASSE: "Straße.txt", STRAẞE: "Straße.txt", straße: "Straße.txt" },
        ...{ izmir: "İzmir ısı.txt", IZMIR: "İzmir ısı.txt", İZMİR: "İzmir ısı.txt" },
        ...{ ISI: "İzmir ısı.txt", isi: "İzmir ısı.txt" },
      };
      for (const [search, filename] of Object.entries(found)) {
        expect(await names(database, { search }), search).toEqual(filename ? [filename] : []);
      }
    });

    it("is literal, including pattern characters", async () => {
      await using database = await makeDatabase();
      const emails = ["a_b@example.org", "axb@example.org", "9%5@example.org", "9x5@example.org"];
      const owners: string[] = [];
      for (const email of emails) owners.push(await makeOwner(database, email));
      await insertAll(database, [
        ...owners.map((ownerId, n) => ({ filename: `of ${n}`, ownerId })),
        ...["p_q.txt", "pxq.txt", "7%3.txt", "7x3.txt", "k\\l.txt", "k\\_l.txt", "kl.txt"].map(
          (filename) => ({ filename }),
        ),
        { filename: "m.txt", path: "u_v\\100%/m.txt" },
        { filename: "n.txt", path: "uxv/100x/n.txt" },
        { filename: "by id", id: "0a1b2c3d-2222-4333-8444-555555555555" },
      ]);
      const found: Record<string, readonly string[]> = {
        ...{ a_b: ["of 0"], "A_B@EX": ["of 0"], "9%5": ["of 2"], "a%b": [], "a\\_b": [] },
        ...{ p_q: ["p_q.txt"], "7%3": ["7%3.txt"], "p%q": [], "p\\_q": [] },
        ...{
          "k\\l": ["k\\l.txt"],
          "k\\_": ["k\\_l.txt"],
          "\\": ["k\\_l.txt", "k\\l.txt", "m.txt"],
        },
        ...{ "u_v\\100%": ["m.txt"], u_v: ["m.txt"], "100_": [] },
        ...{ "%": ["7%3.txt", "m.txt", "of 2"], _: ["k\\_l.txt", "m.txt", "of 0", "p_q.txt"] },
        ...{ "0a1b2c3_": [], "0a1b2c3d%": [], "0a1b2c3d_2222": [] },
      };
      for (const [search, expected] of Object.entries(found)) {
        const sorted = (await names(database, { search, searchOwners: true })).sort();
        expect(sorted, search).toEqual([...expected].sort());
      }
    });

    it("finds owners by e-mail and uploads by id only if requested", async () => {
      await using database = await makeDatabase();
      const ann = await makeOwner(database, "ann.smith@example.org");
      const bob = await makeOwner(database, "bob@example.com");
      const [first] = await insertAll(database, [
        { filename: "a", ownerId: ann },
        { filename: "b", ownerId: bob },
        { filename: "c", id: "0a1b2c3d-2222-4333-8444-555555555555" },
        { filename: "example.txt" },
      ]);
      const found = (search: string) => names(database, { search, searchOwners: true });
      expect(await found("Ann.Smith@")).toEqual(["a"]);
      expect(await found(" example.com ")).toEqual(["b"]);
      expect(await found("example")).toEqual(["a", "b", "example.txt"]);
      expect(await found(first?.id.toUpperCase() ?? "")).toEqual(["a"]);
      expect(await found("0a1b2c3d")).toEqual(["c"]);
      expect(await found("0a1b2c3d-2222-")).toEqual(["c"]);
      expect(await found("0a1b2c3")).toEqual([]);
      expect(await found(bob)).toEqual(["b"]);
      for (const literal of ["%", "\\", "\u0000", "'"]) {
        expect(await found(literal), literal).toEqual([]);
      }
      expect(await names(database, { search: "ann.smith" })).toEqual([]);
      expect(await names(database, { search: "0a1b2c3d" })).toEqual([]);
      expect(await names(database, { search: bob })).toEqual([]);
    });
  });

  describe("existing", () => {
    it("lists own complete uploads of each file, in the order of the files", async () => {
      await using database = await makeDatabase();
      const ann = await makeOwner(database, "ann@example.org");
      const bob = await makeOwner(database, "bob@example.org");
      const file = { filename: "a.txt", path: "photos/a.txt", size: 2 ** 33 };
      const mine: Partial<Upload> = { ...file, ownerId: ann, state: "complete" };
      const [older, newer, plain] = await insertAll(database, [
        mine,
        mine,
        { ...mine, path: null },
        { ...mine, ownerId: bob },
        { ...mine, ownerId: null },
        { ...mine, filename: "A.txt" },
        { ...mine, size: 2 },
        { ...mine, path: "Photos/a.txt" },
        { ...mine, concat: "partial" },
        ...(["uploading", "swept", "deleting", "merged"] as const).map((state) => ({
          ...mine,
          state,
        })),
      ]);
      const found = await database.uploads.existing(ann, [
        { ...file, filename: "none" },
        file,
        { ...file, path: null },
        file,
        { ...file, size: 0 },
      ]);
      expect(found).toEqual([[], [newer, older], [plain], [newer, older], []]);
      expect(await database.uploads.existing(ann, [])).toEqual([]);
    });

    it("lists at most 5 per file, for any number of duplicates", async () => {
      await using database = await makeDatabase();
      const ann = await makeOwner(database, "ann@example.org");
      const known: Partial<Upload> = { ownerId: ann, state: "complete" };
      const rare = { filename: "rare", path: null, size: 1 };
      const common = { ...rare, filename: "common" };
      const [only] = await insertAll(database, [
        { ...known, ...rare },
        ...Array.from({ length: 505 }, () => ({ ...known, ...common })),
      ]);
      const others = Array.from({ length: 98 }, (_, n) => ({ ...rare, filename: `none ${n}` }));
      const found = await database.uploads.existing(ann, [rare, ...others, common]);
      expect(found[0]).toEqual([only]);
      expect(found.map(({ length }) => length)).toEqual([1, ...others.map(() => 0), 5]);
    });
  });
}
