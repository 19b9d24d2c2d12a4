import type { Client } from "pg";

/** The two halves of the key under which a database is locked: "tcup" as ASCII, and 1. */
const KEY = [0x74637570, 1] as const;

/** How a session has the database: alone, or together with other instances. */
export type Hold = "alone" | "shared";

/** One attempt to lock the database for this session. False while others exclude it. */
export async function tryLock(session: Client, hold: Hold): Promise<boolean> {
  const take = hold === "alone" ? "pg_try_advisory_lock" : "pg_try_advisory_lock_shared";
  const { rows } = await session.query(`SELECT ${take}($1, $2) AS taken`, [...KEY]);
  return rows[0]?.taken === true;
}

/**
 * The database's clock, if this session holds the lock; else null: behind a pooler in transaction
 * mode another session may be asked than the one that took it.
 */
export async function timeWhileLocked(session: Client): Promise<Date | null> {
  const { rows } = await session.query<{ now: Date }>(
    `SELECT clock_timestamp() AS now FROM pg_locks WHERE locktype = 'advisory' AND classid = $1
     AND objid = $2 AND objsubid = 2 AND granted AND pid = pg_backend_pid()
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [...KEY],
  );
  return rows[0]?.now ?? null;
}
