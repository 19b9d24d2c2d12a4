import { Client, type Notification } from "pg";
import type { Clock, Logger } from "../../core/ports/system.ts";

/** The first wait before a lost connection is opened again, and the longest: it doubles each time. */
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;
/** How often the connection is checked, and how long a check may take. */
const CHECK_MS = 2_000;
const CHECK_TIMEOUT_MS = 5_000;
/** Without a successful check for this long (after a suspension, for example) the connection is not trusted. */
const PROOF_MS = 10_000;
/**
 * The database ends a session whose peer is silent after some 25 s, longer than `PROOF_MS`: what the
 * session held is free for another process only after this one has stopped to count on it.
 */
const KEEPALIVE =
  "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/** What a session is for. */
export interface SessionPurpose {
  /** The name of what is lost with the session, for the log, such as "The database's lock". */
  readonly name: string;
  /** Prepares a new session. False when it cannot serve now; it is ended and tried again. */
  prepare(session: Client): Promise<boolean>;
  /** Throws if the session has lost what `prepare` set up. */
  prove(session: Client): Promise<void>;
  /** Takes a notification of a channel that `prepare` listens to. */
  notified?(notification: Notification): void;
  /** The session is lost, or in use again. */
  changed?(isOpen: boolean): void;
}

/**
 * One connection to PostgreSQL for session-level features: advisory locks and LISTEN. It is
 * checked every 2 s and reopened with backoff. The URL must reach the server
 * itself, or a pooler in session mode.
 */
export class DirectSession {
  readonly #url: string;
  readonly #purpose: SessionPurpose;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #current: Client | null = null;
  #provenAt = 0;
  #watching: Promise<void> = Promise.resolve();

  constructor(ask: { url: string; purpose: SessionPurpose; clock: Clock; log: Logger }) {
    this.#url = ask.url;
    this.#purpose = ask.purpose;
    this.#clock = ask.clock;
    this.#log = ask.log;
  }

  /** The session; null while it is lost. */
  get current(): Client | null {
    return this.#current;
  }

  /** Whether the session is open and was checked recently. */
  isProven(): boolean {
    return this.#current !== null && this.#now() - this.#provenAt < PROOF_MS;
  }

  /** One attempt. False if `prepare` returned false. Throws the driver's error. */
  async open(): Promise<boolean> {
    const session = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CHECK_TIMEOUT_MS,
      query_timeout: CHECK_TIMEOUT_MS,
      keepAlive: true,
      application_name: "trpc-chunked-upload session",
    });
    session.on("error", (error) => this.#lose(session, error));
    session.on("end", () => this.#lose(session, null));
    session.on("notification", (notification) => this.#purpose.notified?.(notification));
    try {
      await session.connect();
      await session.query(KEEPALIVE);
      if (await this.#purpose.prepare(session)) {
        this.#current = session;
        this.#provenAt = this.#now();
        this.#purpose.changed?.(true);
        return true;
      }
    } catch (error) {
      await end(session);
      throw error;
    }
    await end(session);
    return false;
  }

  /** Starts checking the session, and reopening it when it is lost. */
  watch(): void {
    this.#watching = this.#keep();
  }

  /** Ends the session for good; a second call does nothing. */
  async close(): Promise<void> {
    this.giveUp();
    await this.#watching;
    const session = this.#current;
    this.#current = null;
    if (session !== null) await end(session);
  }

  /** Does not open the session again once it is lost. */
  giveUp(): void {
    this.#closing.abort();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#closing;
    let retryMs = RETRY_MS;
    while (!signal.aborted) {
      const session = this.#current;
      await this.#clock.sleep(session === null ? retryMs : CHECK_MS, signal);
      if (signal.aborted) return;
      if (session !== null) await this.#prove(session);
      else retryMs = (await this.#openAgain()) ? RETRY_MS : Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  async #openAgain(): Promise<boolean> {
    try {
      if (!(await this.open())) return false;
      this.#log.info({}, `${this.#purpose.name} is held again`);
      return true;
    } catch (error) {
      this.#log.debug({ err: error }, `${this.#purpose.name} is still lost`);
      return false;
    }
  }

  async #prove(session: Client): Promise<void> {
    const began = this.#now();
    try {
      await this.#purpose.prove(session);
      this.#provenAt = began;
    } catch (error) {
      this.#lose(session, error);
      await end(session);
    }
  }

  #lose(session: Client, error: unknown): void {
    if (this.#current !== session) return;
    this.#current = null;
    const message = `${this.#purpose.name} is lost: nothing is written until it is held again`;
    this.#log.error({ err: error }, message);
    this.#purpose.changed?.(false);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

/** Ends a session, which may already be broken. */
async function end(session: Client): Promise<void> {
  await session.end().catch(() => undefined);
}
