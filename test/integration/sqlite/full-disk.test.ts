import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../../src/adapters/prisma/open-database.ts";
import { isUploadError } from "../../../src/core/errors.ts";
import { secondProcess } from "../../support/second-process.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { prismaDirectory, silentLog } from "../../support/temp-database.ts";
import { uploadRecord } from "../../support/upload-record.ts";

const bigUpload = () =>
  uploadRecord({ id: randomUUID(), metadata: { note: randomBytes(4_000).toString("base64") } });

describe("a SQLite file on a full disk", () => {
  it("holds exactly the records that were acknowledged, and goes on once there is room", async () => {
    await using disk = await smallDisk(2 * 2 ** 20);
    const path = `${disk.dataDir}/media/records.db`;
    const url = `file:${path}`;
    await migrate({ url, directory: prismaDirectory, log: silentLog });
    const database = await openDatabase({ url, log: silentLog });
    const acknowledged: string[] = [];
    const problems: unknown[] = [];
    await Promise.all(
      Array.from({ length: 600 }, async () => {
        const upload = bigUpload();
        try {
          await database.uploads.insert(upload);
          acknowledged.push(upload.id);
        } catch (error) {
          problems.push(isUploadError(error) ? error.code : error);
        }
      }),
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(problems.length).toBeGreaterThan(0);
    // SQLite reports a limit on the size of files as an I/O error.
    const code = disk.mounted ? "STORAGE_FULL" : "UNAVAILABLE";
    expect(new Set(problems)).toEqual(new Set([code]));
    await using other = await secondProcess(path);
    const rows = await other.run(`SELECT "id" FROM "ChunkedUpload" ORDER BY "id"`);
    expect(rows.map(({ id }) => id)).toEqual(acknowledged.sort());
    await disk.enlarge();
    const later = bigUpload();
    await database.uploads.insert(later);
    expect(await database.uploads.find(later.id)).toEqual(later);
    await database.close();
  });
});
