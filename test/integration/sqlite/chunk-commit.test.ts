import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { UploadChanges } from "../../../src/core/ports/uploads.ts";
import { runSql } from "../../support/run-sql.ts";
import { sqliteDatabase } from "../../support/temp-database.ts";
import { uploadRecord } from "../../support/upload-record.ts";

const columns = ["offset", "beyond", "heldBytes", "size", "storeState", "digestOffset"];
const others = ["digestState", "expiresAt", "version"];

describe("the commit of a chunk", () => {
  it("leaves the values and storage classes that Prisma would store", async () => {
    await using database = await sqliteDatabase();
    const changes: UploadChanges = {
      offset: 4_096,
      beyond: [{ start: 8_192, end: 12_288 }],
      size: 2 ** 45,
      storeState: { name: "\ud800", list: [1, null] },
      digestOffset: 4_096,
      digestState: new Uint8Array([0, 1, 255]),
      expiresAt: new Date("2026-03-06T05:06:07.080Z"),
    };
    const before = uploadRecord({ id: randomUUID(), size: null });
    const inserted = uploadRecord({ ...before, ...changes, id: randomUUID(), version: 1 });
    await database.uploads.insert(before);
    await database.uploads.insert(inserted);
    await database.uploads.update(before, changes);
    const shown = [...columns, ...others].map((name) => `quote("${name}") AS "${name}"`);
    const kinds = [...columns, ...others, "updatedAt"].map(
      (name) => `typeof("${name}") AS "${name} type"`,
    );
    const rowOf = (id: string) =>
      runSql(
        database.url,
        `SELECT ${[...shown, ...kinds]} FROM "ChunkedUpload" WHERE "id" = '${id}'`,
      );
    expect(await rowOf(before.id)).toEqual(await rowOf(inserted.id));
  });
});
