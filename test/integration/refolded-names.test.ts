import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { openClients } from "../../src/adapters/prisma/database-client.ts";
import { freshPostgres, postgresUrl } from "../support/postgres.ts";
import { migratedDatabase, silentLog, sqliteDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

async function emptyDatabase(kind: "sqlite" | "postgresql") {
  if (kind === "sqlite") return sqliteDatabase();
  const admin = await postgresUrl();
  if (admin === null) return null;
  const fresh = await freshPostgres(admin);
  return migratedDatabase(fresh.url, () => fresh[Symbol.asyncDispose]());
}

const never = new AbortController().signal;
const now = new Date("2026-03-04T12:00:00.000Z");

it.each(["sqlite", "postgresql"] as const)(
  "what search looks at is folded again after an upgrade, in batches, on %s",
  async (kind) => {
    await using database = await emptyDatabase(kind);
    if (database === null) return;
    const uploads = Array.from({ length: 450 }, (_, n) =>
      uploadRecord({ id: randomUUID(), filename: `Straße ${n}.txt` }),
    );
    for (const upload of uploads) await database.uploads.insert(upload);
    const { client, close } = await openClients({ url: database.url, log: silentLog });
    // As the version before wrote them.
    await client.$executeRaw`UPDATE "ChunkedUpload" SET "searchText" = '', "filenameFolded" = replace("filenameFolded", 'ss', 'ß')`;
    await close();
    const found = (search: string) => database.uploads.count({ search, now }, 1_000);
    // Found once their text is folded.
    expect([await found("strasse"), await found("stra")]).toEqual([0, 0]);

    const stopped = AbortSignal.abort();
    expect(await database.refold(stopped)).toBe(200);
    expect(await found("strasse")).toBe(200);
    expect(await database.refold(never)).toBe(250);
    expect([await found("strasse"), await found("STRAẞE 449")]).toEqual([450, 1]);
    expect(await database.refold(never)).toBe(0);
    for (const upload of uploads.slice(0, 5)) {
      const { updatedAt, version } = (await database.uploads.find(upload.id)) ?? upload;
      expect([updatedAt, version]).toEqual([upload.updatedAt, upload.version]);
    }
  },
  120_000,
);
