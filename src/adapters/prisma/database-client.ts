import { PrismaPg } from "@prisma/adapter-pg";
import type { Logger } from "../../core/ports/system.ts";
import { PrismaClient as PostgresClient } from "../../generated/postgresql/client.ts";
import { PrismaClient as SqliteClient } from "../../generated/sqlite/client.ts";
import { databaseKind, databasePath, driverUrl } from "./database-url.ts";
import { SqliteAdapter } from "./sqlite-adapter.ts";

/**
 * The client of either database. Both are generated from the same models, so that the SQLite
 * client's types hold for both as long as nothing is used that only one of them has.
 */
export type DatabaseClient = SqliteClient;

/** How long a statement waits for another connection's lock or for a free connection, in ms. */
const WAIT_MS = 5_000;

/** Opens a client by the URL's scheme and proves that it works. Throws whatever the driver says. */
export async function openClient(ask: { url: string; log: Logger }): Promise<DatabaseClient> {
  return databaseKind(ask.url) === "sqlite" ? openSqlite(ask.url) : openPostgres(ask);
}

async function openSqlite(url: string): Promise<DatabaseClient> {
  const adapter = new SqliteAdapter({ url: driverUrl(databasePath(url)), timeout: WAIT_MS });
  const client = new SqliteClient({ adapter });
  try {
    // FULL is the driver's default, hence only verified: without it a commit that was acknowledged
    // could be lost with the machine's power.
    await client.$queryRaw`PRAGMA journal_mode = WAL`;
    const [row] = await client.$queryRaw<{ synchronous: unknown }[]>`PRAGMA synchronous`;
    if (Number(row?.synchronous) < 2) throw new Error("SQLite does not run with synchronous=FULL");
    return client;
  } catch (error) {
    await client.$disconnect();
    throw error;
  }
}

async function openPostgres(ask: { url: string; log: Logger }): Promise<DatabaseClient> {
  const lost = (error: Error) => ask.log.warn({ err: error }, "a database connection was lost");
  const adapter = new PrismaPg(
    { connectionString: ask.url, max: 10, connectionTimeoutMillis: WAIT_MS, keepAlive: true },
    { onPoolError: lost, onConnectionError: lost },
  );
  // The two clients differ in their types only where the models' intersection is left.
  const client = new PostgresClient({ adapter }) as unknown as DatabaseClient;
  try {
    await client.$queryRaw`SELECT 1`;
    return client;
  } catch (error) {
    await client.$disconnect();
    throw error;
  }
}
