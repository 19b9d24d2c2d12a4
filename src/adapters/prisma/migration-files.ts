import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseKind } from "./database-url.ts";

/** A migration as it lies on disk. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** Lower-case hex SHA-256 of `migration.sql`: what Prisma stores too. */
  readonly checksum: string;
}

/** A row of Prisma's own `_prisma_migrations` that counts: applied, or started and not finished. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** The migrations of a database, oldest first; `directory` is the `prisma` folder. */
export async function readMigrations(directory: string, kind: DatabaseKind): Promise<Migration[]> {
  const folder = join(directory, kind, "migrations");
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(folder, name, "migration.sql"));
      const checksum = createHash("sha256").update(bytes).digest("hex");
      return { name, sql: bytes.toString("utf8"), checksum };
    }),
  );
}

/**
 * The migrations to apply. Throws an Error with instructions if a migration was edited
 * after it was applied, or if one was started (by Prisma's command) and not finished.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
): Migration[] {
  const unfinished = records.find((record) => !record.finished);
  if (unfinished !== undefined) {
    throw new Error(
      `The migration ${unfinished.name} was begun and not finished: the database may be half changed. ` +
        "Restore the backup, or repair it and run `prisma migrate resolve`.",
    );
  }
  const applied = new Map(records.map((record) => [record.name, record.checksum]));
  const edited = migrations.find(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  );
  if (edited !== undefined) {
    throw new Error(
      `The migration ${edited.name} was changed after it was applied: its checksum differs from the ` +
        "database's. Restore the file as it was, and write a new migration for the change.",
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/** A new record's id: a UUID, as Prisma's own. */
export function newRecordId(): string {
  return randomUUID();
}
