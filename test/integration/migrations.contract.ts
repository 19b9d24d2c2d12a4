import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { prismaDirectory, silentLog } from "../support/temp-database.ts";

/** An empty database to migrate, and a way to look into it. */
export interface EmptyDatabase extends AsyncDisposable {
  readonly url: string;
  readonly provider: "sqlite" | "postgresql";
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** A copy of the prisma folder that a test may add to, gone when disposed of. */
async function copiedFolder() {
  const directory = await mkdtemp(join(tmpdir(), "prisma-"));
  await cp(prismaDirectory, directory, { recursive: true });
  return {
    directory,
    async add(provider: string, name: string, sql: string) {
      const folder = join(directory, provider, "migrations", name);
      await mkdir(folder);
      await writeFile(join(folder, "migration.sql"), sql);
    },
    path: (provider: string, name: string) =>
      join(directory, provider, "migrations", name, "migration.sql"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const second = "99990101000000_second";
const third = "99990102000000_third";
const records = `SELECT migration_name AS name, checksum, applied_steps_count AS steps,
  finished_at IS NOT NULL AS finished FROM _prisma_migrations ORDER BY migration_name`;

/** What applying migrations promises on either database. */
export function migrationsContract(makeEmpty: () => Promise<EmptyDatabase>): void {
  const ask = (database: EmptyDatabase, directory = prismaDirectory) =>
    migrate({ url: database.url, directory, log: silentLog });

  it("applies what is missing, once, with Prisma's own records", async () => {
    await using database = await makeEmpty();
    const applied = await ask(database);
    expect(applied).toEqual(
      ["init", "concatenation", "foundations", "several_instances", "list_indexes"].map((name) =>
        expect.stringMatching(`^\\d{14}_${name}$`),
      ),
    );
    expect(await ask(database)).toEqual([]);
    const rows = await database.query(records);
    expect(rows.map(({ name }) => name)).toEqual(applied);
    for (const row of rows) {
      expect(row).toMatchObject({ steps: 1, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(Boolean(row.finished)).toBe(true);
    }
  });

  it("applies a newer migration to what is there, and keeps the rows", async () => {
    await using database = await makeEmpty();
    await using folder = await copiedFolder();
    await ask(database, folder.directory);
    await database.query(`INSERT INTO "Lease" VALUES ('a', 'b', '2026-01-01')`);
    const sql = `-- a comment; with a semicolon\nALTER TABLE "Lease" ADD COLUMN "note" TEXT;\nUPDATE "Lease" SET "note" = 'x;y';\n`;
    await folder.add(database.provider, second, sql);
    expect(await ask(database, folder.directory)).toEqual([second]);
    expect(await database.query(`SELECT name, note FROM "Lease"`)).toEqual([
      { name: "a", note: "x;y" },
    ]);
  });

  it("keeps nothing of a migration that fails in its middle, and the ones before it", async () => {
    await using database = await makeEmpty();
    await using folder = await copiedFolder();
    await folder.add(database.provider, second, 'CREATE TABLE "good" ("id" TEXT);');
    await folder.add(database.provider, third, 'CREATE TABLE "half" ("id" TEXT);\nSELECT broken;');
    await expect(ask(database, folder.directory)).rejects.toThrow(third);
    expect(await database.query(`SELECT * FROM "good"`)).toEqual([]);
    await expect(database.query(`SELECT * FROM "half"`)).rejects.toThrow();
    expect((await database.query(records)).at(-1)).toMatchObject({ name: second });
    await writeFile(folder.path(database.provider, third), 'CREATE TABLE "half" ("id" TEXT);');
    expect(await ask(database, folder.directory)).toEqual([third]);
  });

  it("refuses a migration that was changed after it was applied", async () => {
    await using database = await makeEmpty();
    await using folder = await copiedFolder();
    const [name = ""] = await ask(database, folder.directory);
    await appendFile(folder.path(database.provider, name), "-- edited\n");
    await expect(ask(database, folder.directory)).rejects.toThrow(
      `The migration ${name} was changed after it was applied`,
    );
  });

  it("refuses to go on after a migration that Prisma began and did not finish", async () => {
    await using database = await makeEmpty();
    await ask(database);
    await database.query("UPDATE _prisma_migrations SET finished_at = NULL");
    await expect(ask(database)).rejects.toThrow("was begun and not finished");
    await database.query("UPDATE _prisma_migrations SET rolled_back_at = '2026-01-01'");
    await expect(ask(database)).rejects.toThrow("nothing of it was kept");
  });
}
