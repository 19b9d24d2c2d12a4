import { access, open } from "node:fs/promises";
import { type Client, createClient } from "@libsql/client";
import type { Logger } from "../../core/ports/system.ts";
import { databasePath, driverUrl } from "./database-url.ts";
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

/** Applies what is missing, after a backup of a file that already has tables. */
export async function migrateSqlite(job: {
  url: string;
  log: Logger;
  migrations: readonly Migration[];
}): Promise<string[]> {
  const path = databasePath(job.url);
  const client = createClient({ url: driverUrl(path), timeout: 5_000 });
  try {
    const tables = await client.execute("SELECT name FROM sqlite_schema WHERE type = 'table'");
    const names = tables.rows.map((row) => String(row.name));
    const records = names.includes("_prisma_migrations") ? await readRecords(client) : [];
    const pending = pendingMigrations(job.migrations, records);
    if (pending.length === 0) return [];
    if (names.length > 0) {
      const backup = await backUp(client, `${path}.before-${pending[0]?.name}`);
      job.log.info({ backup }, "database backed up before its migration");
    }
    await client.execute(createRecords);
    for (const migration of pending) {
      await apply(client, migration);
      job.log.debug({ migration: migration.name }, "migration applied");
    }
    return pending.map(({ name }) => name);
  } finally {
    client.close();
  }
}

async function readRecords(client: Client): Promise<MigrationRecord[]> {
  const { rows } = await client.execute(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  return rows.map((row) => ({
    name: String(row.name),
    checksum: String(row.checksum),
    finished: Number(row.finished) === 1,
  }));
}

/**
 * The migration and its record in one transaction. Redefining a table switches foreign keys off,
 * which does nothing within a transaction: they are off before it begins. The driver rolls back
 * what a script leaves open.
 */
async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  const now = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')";
  const record = `INSERT INTO "_prisma_migrations"
    ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
    VALUES ('${newRecordId()}', '${checksum}', '${name.replaceAll("'", "''")}', ${now}, ${now}, 1)`;
  try {
    await client.execute("PRAGMA foreign_keys = OFF");
    await client.executeMultiple(`BEGIN IMMEDIATE;\n${sql}\n;${record};\nCOMMIT;`);
  } catch (error) {
    throw new Error(`The migration ${name} failed; nothing of it was kept.`, { cause: error });
  } finally {
    await client.execute("PRAGMA foreign_keys = ON");
  }
}

/** Writes a whole copy, log included, to a file that does not exist yet, durably; answers its path. */
async function backUp(client: Client, base: string): Promise<string> {
  let target = `${base}.backup`;
  for (let n = 2; await exists(target); n += 1) target = `${base}.${n}.backup`;
  await client.execute({ sql: "VACUUM INTO ?", args: [target] });
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
