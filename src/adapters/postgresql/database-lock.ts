import type { Client } from "pg";
import type { Clock, Logger } from "../../core/ports/system.ts";
import { timeWhileLocked, tryLock } from "./advisory-key.ts";
import { DirectSession } from "./direct-session.ts";

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

/** A start waits this long for a process that ends at this moment, or whose connection just broke. */
const START_WAIT_MS = 5_000;
const RETRY_MS = 250;

/**
 * Takes a session-level advisory lock on a connection of its own (PostgreSQL 18, section 13.3.5).
 * Null when another session holds it. When the connection is lost, `isHeld` is false at once; the
 * lock is taken again as soon as possible, unless another process had it in the meantime: `holder`
 * (unique for each process) is recorded as the fact `holder` by `signHolder`, and is compared.
 * Throws the driver's error when the database is away.
 */
export async function lockDatabase(ask: {
  url: string;
  holder: string;
  clock: Clock;
  log: Logger;
}): Promise<DatabaseLock | null> {
  const lock = new SessionLock(ask);
  if (!(await openWithin(lock.session, ask.clock))) return null;
  lock.session.watch();
  return lock;
}

/** Opens a session; false when others keep it from what it needs until the patience of a start ends. */
export async function openWithin(session: DirectSession, clock: Clock): Promise<boolean> {
  const deadline = clock.now().getTime() + START_WAIT_MS;
  while (!(await session.open())) {
    if (clock.now().getTime() >= deadline) return false;
    await clock.sleep(RETRY_MS);
  }
  return true;
}

class SessionLock implements DatabaseLock {
  readonly session: DirectSession;
  readonly #holder: string;
  readonly #log: Logger;
  #signed = false;

  constructor(ask: { url: string; holder: string; clock: Clock; log: Logger }) {
    this.#holder = ask.holder;
    this.#log = ask.log;
    this.session = new DirectSession({
      ...ask,
      purpose: {
        name: "The database's lock",
        prepare: async (session) =>
          (await tryLock(session, "alone")) && (await this.#isOurs(session)),
        async prove(session) {
          if ((await timeWhileLocked(session)) === null)
            throw new Error("The session does not hold the lock.");
        },
      },
    });
  }

  isHeld(): boolean {
    return this.session.isProven();
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

  release(): Promise<void> {
    return this.session.close();
  }

  #held(): Client {
    const { current } = this.session;
    if (current === null) throw new Error("The database's lock is lost.");
    return current;
  }

  /** Whether no other process has used the database since this one held the lock. */
  async #isOurs(session: Client): Promise<boolean> {
    if (!this.#signed) return true;
    if ((await factIn(session, "holder")) === this.#holder) return true;
    this.session.giveUp();
    this.#log.error(
      {},
      "Another process used the database in the meantime: this one writes nothing any more. Restart it.",
    );
    return false;
  }
}

async function factIn(session: Client, key: string): Promise<string | null> {
  const { rows } = await session.query<{ value: string }>(
    `SELECT "value" FROM "DatabaseFact" WHERE "key" = $1`,
    [key],
  );
  return rows[0]?.value ?? null;
}
