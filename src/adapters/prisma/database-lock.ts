import { Client } from "pg";
import type { Clock, Logger } from "../../core/ports/system.ts";

/** The right of one process to a PostgreSQL database, for as long as the process lives. */
export interface DatabaseLock {
  /** Whether this process holds the lock at this moment, as far as it can know. */
  isHeld(): boolean;
  /** Records that this process holds the database. Needs the table of facts. */
  signHolder(): Promise<void>;
  /** A fact, read on the lock's own connection: it sees only what others have committed. */
  readFact(key: string): Promise<string | null>;
  /** Gives the lock up. A second call does nothing. */
  release(): Promise<void>;
}

/** The two halves of the advisory lock's key: "tcup" as ASCII, and 1. */
const KEY = [0x74637570, 1] as const;
/** A start waits this long for a process that ends at this moment, or whose connection just broke. */
const START_WAIT_MS = 5_000;
const RETRY_MS = 250;
/** How often the lock is looked at, and how long a look may take. */
const CHECK_MS = 2_000;
const CHECK_TIMEOUT_MS = 5_000;
/** Without a successful look for so long (a suspended machine, say) the lock does not count as held. */
const PROOF_MS = 10_000;
/**
 * The database ends a session whose peer is silent after some 25 s, longer than `PROOF_MS`: the lock
 * is free for another process only after this one has stopped to count on it.
 */
const KEEPALIVE =
  "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/**
 * Takes a session-level advisory lock on a connection of its own (PostgreSQL 18, section 13.3.5).
 * Null when another session holds it. When the connection is lost, `isHeld` is false at once; the
 * lock is taken again as soon as possible, unless another process had it in the meantime: `holder`
 * (unique for each process) is recorded as the fact `holder` by `signHolder`, and is compared.
 * The URL must reach the server itself, or a pooler in session mode.
 * Throws the driver's error when the database is away.
 */
export async function lockDatabase(ask: {
  url: string;
  holder: string;
  clock: Clock;
  log: Logger;
}): Promise<DatabaseLock | null> {
  const lock = new SessionLock(ask);
  const deadline = ask.clock.now().getTime() + START_WAIT_MS;
  while (!(await lock.take())) {
    if (ask.clock.now().getTime() >= deadline) return null;
    await ask.clock.sleep(RETRY_MS);
  }
  lock.watch();
  return lock;
}

class SessionLock implements DatabaseLock {
  readonly #url: string;
  readonly #holder: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #session: Client | null = null;
  #provenAt = 0;
  #signed = false;
  /** True once another process had the lock: what it changed is unknown here. */
  #superseded = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(ask: { url: string; holder: string; clock: Clock; log: Logger }) {
    this.#url = ask.url;
    this.#holder = ask.holder;
    this.#clock = ask.clock;
    this.#log = ask.log;
  }

  isHeld(): boolean {
    return this.#session !== null && this.#now() - this.#provenAt < PROOF_MS;
  }

  async signHolder(): Promise<void> {
    await this.#held().query(
      `INSERT INTO "DatabaseFact" ("key", "value", "updatedAt") VALUES ('holder', $1, now() AT TIME ZONE 'UTC')
       ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updatedAt" = excluded."updatedAt"`,
      [this.#holder],
    );
    this.#signed = true;
  }

  readFact(key: string): Promise<string | null> {
    return factIn(this.#held(), key);
  }

  #held(): Client {
    if (this.#session === null) throw new Error("The database's lock is lost.");
    return this.#session;
  }

  /** One attempt. False when another session holds the lock. */
  async take(): Promise<boolean> {
    const session = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CHECK_TIMEOUT_MS,
      query_timeout: CHECK_TIMEOUT_MS,
      keepAlive: true,
      application_name: "trpc-chunked-upload lock",
    });
    session.on("error", (error) => this.#lose(session, error));
    session.on("end", () => this.#lose(session, null));
    try {
      await session.connect();
      await session.query(KEEPALIVE);
      const { rows } = await session.query("SELECT pg_try_advisory_lock($1, $2) AS taken", [
        ...KEY,
      ]);
      if (rows[0]?.taken === true && (await this.#isOurs(session))) {
        this.#session = session;
        this.#provenAt = this.#now();
        return true;
      }
    } catch (error) {
      await end(session);
      throw error;
    }
    await end(session);
    return false;
  }

  /** Looks at the lock from time to time, and takes it again when it was lost. */
  watch(): void {
    this.#watching = this.#keep();
  }

  async release(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
    const session = this.#session;
    this.#session = null;
    if (session !== null) await end(session);
  }

  async #keep(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && !this.#superseded) {
      const session = this.#session;
      await this.#clock.sleep(session === null ? RETRY_MS : CHECK_MS, signal);
      if (signal.aborted) return;
      if (session === null) await this.#takeAgain();
      else await this.#prove(session);
    }
  }

  async #takeAgain(): Promise<void> {
    try {
      if (await this.take()) this.#log.info({}, "The database's lock is held again");
    } catch (error) {
      this.#log.debug({ err: error }, "The database's lock could not be taken again yet");
    }
  }

  async #prove(session: Client): Promise<void> {
    const began = this.#now();
    try {
      if (!(await isGranted(session))) throw new Error("The session does not hold the lock.");
      this.#provenAt = began;
    } catch (error) {
      this.#lose(session, error);
      await end(session);
    }
  }

  #lose(session: Client, error: unknown): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.#log.error(
      { err: error },
      "The database's lock is lost: nothing is written until it is held again",
    );
  }

  /** Whether nobody else signed since this process did. */
  async #isOurs(session: Client): Promise<boolean> {
    if (!this.#signed) return true;
    if ((await factIn(session, "holder")) === this.#holder) return true;
    this.#superseded = true;
    this.#log.error(
      {},
      "Another process used the database in the meantime: this one writes nothing any more. Restart it.",
    );
    return false;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

/** Behind a pooler in transaction mode another session may be asked than the one that took the lock. */
async function isGranted(session: Client): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2
     AND objsubid = 2 AND granted AND pid = pg_backend_pid()
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [...KEY],
  );
  return rows.length === 1;
}

async function factIn(session: Client, key: string): Promise<string | null> {
  const { rows } = await session.query<{ value: string }>(
    `SELECT "value" FROM "DatabaseFact" WHERE "key" = $1`,
    [key],
  );
  return rows[0]?.value ?? null;
}

/** Ends a session that may be broken already. */
async function end(session: Client): Promise<void> {
  await session.end().catch(() => undefined);
}
