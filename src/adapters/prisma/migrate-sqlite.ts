import { access, open } from "node:fs/promises";
import type { Logger } from "../../core/ports/system.ts";
import { openSqlite, type Sqlite, statementOf } from "../sqlite/sqlite.ts";
import { databasePath } from "./database-url.ts";
import {
  type Migration,
  type MigrationRecord,
  newRecordId,
  pendingMigrations,
} from "./migration-files.ts";

/** As Prisma creates it. */
const createRecords = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/** Applies the pending migrations, after a backup of a file that already has tables. */
export async function migrateSqlite(job: {
  url: string;
  log: Logger;
  migrations: readonly Migration[];
}): Promise<string[]> {
  const path = databasePath(job.url);
  const database = await openSqlite(path);
  try {
    const names = await readTables(database);
    const records = names.includes("_prisma_migrations") ? await readRecords(database) : [];
    const pending = pendingMigrations(job.migrations, records);
    if (pending.length === 0) return [];
    if (names.length > 0) {
      const backup = await backUp(database, `${path}.before-${pending[0]?.name}`);
      job.log.info({ backup }, "database backed up before its migration");
    }
    await database.script(createRecords);
    for (const migration of pending) {
      await apply(database, migration);
      job.log.debug({ migration: migration.name }, "migration applied");
    }
    return pending.map(({ name }) => name);
  } finally {
    await database.close();
  }
}

/** On the writer's connection, as all that follows: a migration needs no thread for reads. */
async function readTables(database: Sqlite): Promise<string[]> {
  const { rows } = await database.write(
    statementOf("SELECT name FROM sqlite_schema WHERE type = 'table'"),
  );
  return rows.map(([name]) => String(name));
}

async function readRecords(database: Sqlite): Promise<MigrationRecord[]> {
  const { rows } = await database.write(
    statementOf(
      `SELECT migration_name, checksum, finished_at IS NOT NULL
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    ),
  );
  return rows.map(([name, checksum, finished]) => ({
    name: String(name),
    checksum: String(checksum),
    finished: finished === 1,
  }));
}

/**
 * The migration and its record in one transaction. Redefining a table switches foreign keys off,
 * which does nothing within a transaction: they are off before it begins. A script that fails is
 * rolled back, and its connection is replaced by one with foreign keys.
 */
async function apply(database: Sqlite, { name, sql, checksum }: Migration): Promise<void> {
  const now = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')";
  const record = `INSERT INTO "_prisma_migrations"
    ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
    VALUES ('${newRecordId()}', '${checksum}', '${name.replaceAll("'", "''")}', ${now}, ${now}, 1)`;
  try {
    await database.script(
      `PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n${sql}\n;${record};\nCOMMIT;\nPRAGMA foreign_keys = ON;`,
    );
  } catch (error) {
    throw new Error(`The migration ${name} failed; nothing of it was kept.`, { cause: error });
  }
}

/** Writes a whole copy, log included, to a file that does not exist yet, durably; returns its path. */
async function backUp(database: Sqlite, base: string): Promise<string> {
  let target = `${base}.backup`;
  for (let n = 2; await exists(target); n += 1) target = `${base}.${n}.backup`;
  await database.copyTo(target);
  const file = await open(target, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return target;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
