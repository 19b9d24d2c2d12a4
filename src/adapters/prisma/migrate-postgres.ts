import { Client } from "pg";
import type { Logger } from "../../core/ports/system.ts";
import {
  type Migration,
  type MigrationRecord,
  newRecordId,
  pendingMigrations,
} from "./migration-files.ts";

/** The key under which Prisma's own engine locks a database that it migrates. */
const LOCK_KEY = 72_707_369;
/** How long this instance waits for the migration of another one. */
const LOCK_TIMEOUT = "120s";

/** As Prisma creates it. */
const createRecords = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** Applies what is missing, under the lock that Prisma's engine takes too. */
export async function migratePostgres(job: {
  url: string;
  log: Logger;
  migrations: readonly Migration[];
}): Promise<string[]> {
  const client = new Client({ connectionString: job.url, connectionTimeoutMillis: 10_000 });
  // A broken connection also fails the running query, which reports the error.
  client.on("error", (error) => job.log.warn({ err: error }, "the migrating connection broke"));
  await client.connect();
  try {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    // The lock belongs to the connection and ends with it.
    await client.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
    await client.query(createRecords);
    const pending = pendingMigrations(job.migrations, await readRecords(client));
    for (const migration of pending) {
      await apply(client, migration);
      job.log.debug({ migration: migration.name }, "migration applied");
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readRecords(client: Client): Promise<MigrationRecord[]> {
  const { rows } = await client.query<MigrationRecord>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  return rows;
}

/** The migration and its record in one transaction. */
async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [newRecordId(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new Error(`The migration ${name} failed; nothing of it was kept.`, { cause: error });
  }
}
