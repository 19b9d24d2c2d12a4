import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../src/adapters/prisma/open-database.ts";
import { openSqliteFile } from "../support/sqlite-file.ts";
import { prismaDirectory, silentLog } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";
import { type EmptyDatabase, migrationsContract } from "./migrations.contract.ts";

async function emptyFile(name = "records.db"): Promise<EmptyDatabase & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  const path = join(folder, name);
  return {
    folder,
    url: `file:${path}`,
    provider: "sqlite",
    async query(sql) {
      const file = openSqliteFile(path);
      try {
        return file
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }));
      } finally {
        file.close();
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe("migrations of a SQLite file", () => {
  migrationsContract(emptyFile);

  it("backs the file up before it changes tables, and not before it makes the first", async () => {
    await using database = await emptyFile();
    await migrate({ url: database.url, directory: prismaDirectory, log: silentLog });
    await database.query(`INSERT INTO "Lease" VALUES ('a', 'b', '2026-01-01')`);
    expect((await readdir(database.folder)).filter((name) => name.endsWith("backup"))).toEqual([]);
    await database.query("DELETE FROM _prisma_migrations");
    const again = () => migrate({ ...database, directory: prismaDirectory, log: silentLog });
    await expect(again()).rejects.toThrow();
    await expect(again()).rejects.toThrow();
    const backups = (await readdir(database.folder)).filter((name) => name.endsWith("backup"));
    expect(backups).toHaveLength(2);
    const backup = openSqliteFile(join(database.folder, backups[0] ?? ""));
    expect(backup.prepare(`SELECT name FROM "Lease"`).all()).toEqual([{ name: "a" }]);
    backup.close();
  });

  it("takes the path literally, whatever characters it has", async () => {
    await using database = await emptyFile("a %41?b#c ü.db");
    await migrate({ url: database.url, directory: prismaDirectory, log: silentLog });
    const opened = await openDatabase({ url: database.url, log: silentLog });
    await opened.uploads.insert(uploadRecord());
    await opened.close();
    expect(await readdir(database.folder)).toContain("a %41?b#c ü.db");
  });

  it("opens the file with a write-ahead log", async () => {
    await using database = await emptyFile();
    await migrate({ url: database.url, directory: prismaDirectory, log: silentLog });
    await (await openDatabase({ url: database.url, log: silentLog })).close();
    expect(await database.query("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
  });
});
