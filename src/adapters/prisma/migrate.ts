import type { Logger } from "../../core/ports/system.ts";
import { databaseKind } from "./database-url.ts";
import { migratePostgres } from "./migrate-postgres.ts";
import { migrateSqlite } from "./migrate-sqlite.ts";
import { readMigrations } from "./migration-files.ts";

/**
 * Migrates the database to the newest version. Returns the names of the migrations applied now; [] if there
 * were none. Each migration is applied completely or not at all. The records are Prisma's own, so
 * that `prisma migrate deploy` may be used instead.
 *
 * `directory` is the `prisma` folder. A SQLite file that already has tables is backed up next to
 * itself first. Several instances may start at once on PostgreSQL: one applies, the others wait.
 * Throws an Error when an applied migration was edited, one failed, or the database is away.
 */
export async function migrate(ask: {
  url: string;
  directory: string;
  log: Logger;
}): Promise<string[]> {
  const kind = databaseKind(ask.url);
  const migrations = await readMigrations(ask.directory, kind);
  const job = { url: ask.url, log: ask.log, migrations };
  return kind === "sqlite" ? migrateSqlite(job) : migratePostgres(job);
}
