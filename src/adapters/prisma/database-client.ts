import { AsyncResource } from "node:async_hooks";
import { existsSync } from "node:fs";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Logger } from "../../core/ports/system.ts";
import { PrismaClient as PostgresClient } from "../../generated/postgresql/client.ts";
import { PrismaClient as SqliteClient } from "../../generated/sqlite/client.ts";
import { openSqlite, type Sqlite } from "../sqlite/sqlite.ts";
import { databaseKind, databasePath } from "./database-url.ts";
import { createSqliteAdapter } from "./sqlite-adapter.ts";

/**
 * The client of either database. Both are generated from the same models, so that the SQLite
 * client's types hold for both as long as nothing is used that only one of them has.
 */
export type DatabaseClient = SqliteClient;

/** The clients of one open database. */
export interface DatabaseClients {
  readonly client: DatabaseClient;
  /** For lists, sums and searches: other reads do not wait for them. On PostgreSQL the same client. */
  readonly lists: DatabaseClient;
  /** The file behind the clients; null for PostgreSQL. */
  readonly sqlite: Sqlite | null;
  close(): Promise<void>;
}

/** How long a statement waits for a free connection to PostgreSQL, in ms. */
const WAIT_MS = 5_000;

const WAL_REMAINS =
  "Another process has the database open: its write-ahead log remains, and belongs to every copy of the file";

/** A transaction waits longer than SQLite waits for a lock, so that the lock is what is reported. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

/** What to open. `pool`: connections to PostgreSQL at most. */
export interface OpenAsk {
  readonly url: string;
  readonly log: Logger;
  readonly pool?: number | undefined;
}

/** Opens the clients by the URL's scheme. Rejects with the driver's error when the database is away. */
export async function openClients(ask: OpenAsk): Promise<DatabaseClients> {
  return databaseKind(ask.url) === "sqlite" ? openSqliteClients(ask) : openPostgres(ask);
}

async function openSqliteClients(ask: { url: string; log: Logger }): Promise<DatabaseClients> {
  const path = databasePath(ask.url);
  const sqlite = await openSqlite(path);
  const clientWith = (read: Sqlite["read"]) =>
    new SqliteClient({ adapter: createSqliteAdapter(sqlite, read), transactionOptions });
  const client = clientWith(sqlite.read);
  const lists = clientWith(sqlite.readLong);
  return {
    client,
    lists,
    sqlite,
    async close() {
      await Promise.all([client.$disconnect(), lists.$disconnect()]);
      await sqlite.close();
      const log = `${path}-wal`;
      if (existsSync(log)) ask.log.warn({ file: log }, WAL_REMAINS);
    },
  };
}

async function openPostgres({ url, log, pool = 10 }: OpenAsk): Promise<DatabaseClients> {
  // Bound to this place: a connection belongs to no request, but its events run in the one that opened it.
  const lost = AsyncResource.bind((error: Error) =>
    log.warn({ err: error }, "a database connection was lost"),
  );
  const adapter = new PrismaPg(
    { connectionString: url, max: pool, connectionTimeoutMillis: WAIT_MS, keepAlive: true },
    { onPoolError: lost, onConnectionError: lost },
  );
  // The two clients differ in their types only where the models' intersection is left.
  const client = new PostgresClient({ adapter }) as unknown as DatabaseClient;
  const close = () => client.$disconnect();
  try {
    await client.$queryRaw`SELECT 1`;
    return { client, lists: client, sqlite: null, close };
  } catch (error) {
    await close();
    throw error;
  }
}
