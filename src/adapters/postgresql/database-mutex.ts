import { AsyncResource } from "node:async_hooks";
import { Pool, type PoolClient } from "pg";
import { UploadError } from "../../core/errors.ts";
import type { KeyedMutex } from "../../core/ports/keyed-mutex.ts";
import type { Logger } from "../../core/ports/system.ts";

/** The first half of the keys of turns: "tctn" as ASCII. */
const NAMESPACE = 0x7463746e;
/** Turns that this instance has or waits for at a time; each has a connection for as long. */
const AT_ONCE = 4;
/** How long a turn is waited for. */
const WAIT_MS = 10_000;

/**
 * Turns among all instances, by advisory locks of transactions, which end with them (PostgreSQL 18,
 * section 13.3.5): a pooler in transaction mode works. `local` queues the turns of this
 * process first, so that only one connection waits for a key.
 */
export function createDatabaseMutex(ask: {
  url: string;
  local: KeyedMutex;
  log: Logger;
}): KeyedMutex & { close(): Promise<void> } {
  const pool = new Pool({
    ...{ connectionString: ask.url, max: AT_ONCE, keepAlive: true },
    ...{ connectionTimeoutMillis: WAIT_MS, query_timeout: WAIT_MS + 1_000 },
    application_name: "trpc-chunked-upload turns",
  });
  // Bound to this place: a connection belongs to no request, but its events run in the one that opened it.
  const lost = AsyncResource.bind((error: Error) =>
    ask.log.warn({ err: error }, "a database connection was lost"),
  );
  pool.on("error", lost);

  async function begin(key: string): Promise<PoolClient> {
    const client = await pool.connect().catch(unavailable);
    try {
      await client.query("BEGIN");
      await client.query(`SET LOCAL lock_timeout = '${WAIT_MS}ms'`);
      await client.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [NAMESPACE, key]);
      return client;
    } catch (error) {
      client.release(true);
      return unavailable(error);
    }
  }

  return {
    runExclusive: (key, work) =>
      ask.local.runExclusive(key, async () => {
        const client = await begin(key);
        let broken = false;
        try {
          return await work();
        } finally {
          await client.query("COMMIT").catch(() => {
            broken = true;
          });
          client.release(broken);
        }
      }),
    close: () => pool.end(),
  };
}

function unavailable(cause: unknown): never {
  throw new UploadError("UNAVAILABLE", { retryAfterMs: 1_000, cause });
}
