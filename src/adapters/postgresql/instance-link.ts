import type { Clock, Logger } from "../../core/ports/system.ts";
import { timeWhileLocked, tryLock } from "./advisory-key.ts";
import { openWithin } from "./database-lock.ts";
import { DatabaseTime } from "./database-time.ts";
import { DirectSession } from "./direct-session.ts";
import { Mail, packed } from "./mail.ts";

const CHANNEL = "trpc_chunked_upload";
const NO_SESSION =
  "The connection has no session of its own, as behind a pooler in transaction mode: set DATABASE_DIRECT_URL to an address that reaches PostgreSQL itself";

/** The connection of an instance to the other instances. */
export interface InstanceLink {
  /** Names this instance among the others. */
  readonly id: string;
  /** The database's time. */
  readonly clock: Clock;
  /** Whether the connection is open. Without it nothing may be written. */
  isHeld(): boolean;
  /** Sends a message to all other instances, without a response. Messages are dropped while the connection is lost. */
  send(message: object): void;
  /** `take` receives every later message of the other instances. */
  onMessage(take: (message: unknown, from: string) => void): void;
  /** `act` runs each time the connection is open again after a loss: messages may be missing. */
  onGap(act: () => void): void;
  close(): Promise<void>;
}

/**
 * Joins the instances that share a database: a direct connection with LISTEN and the shared half of
 * the database's lock, which keeps a server that wants the database for itself away. Null while such
 * a server runs. Throws the driver's error when the database is away.
 */
export async function joinInstances(ask: {
  url: string;
  id: string;
  clock: Clock;
  log: Logger;
}): Promise<InstanceLink | null> {
  const link = new Link(ask);
  if (!(await openWithin(link.session, ask.clock))) return null;
  link.session.watch();
  return link;
}

class Link implements InstanceLink {
  readonly id: string;
  readonly session: DirectSession;
  readonly clock: Clock;
  readonly #time: DatabaseTime;
  readonly #log: Logger;
  readonly #takers: ((message: unknown, from: string) => void)[] = [];
  readonly #gaps: (() => void)[] = [];
  #waiting: object[] = [];
  #isSending = false;
  #wasLost = false;

  constructor(ask: { url: string; id: string; clock: Clock; log: Logger }) {
    this.id = ask.id;
    this.#log = ask.log;
    this.#time = new DatabaseTime();
    this.clock = { ...ask.clock, now: () => this.#time.now() };
    const sample = (ask: () => Promise<Date | null>) => this.#time.sample(ask);
    this.session = new DirectSession({
      ...ask,
      purpose: {
        name: "The connection to the other instances",
        async prepare(session) {
          if (!(await tryLock(session, "shared"))) return false;
          await session.query(`LISTEN ${CHANNEL}`);
          if (!(await sample(() => timeWhileLocked(session)))) throw new Error(NO_SESSION);
          return true;
        },
        async prove(session) {
          if (!(await sample(() => timeWhileLocked(session)))) throw new Error(NO_SESSION);
        },
        notified: ({ payload }) => this.#receive(payload ?? ""),
        changed: (isOpen) => this.#changed(isOpen),
      },
    });
  }

  isHeld(): boolean {
    return this.session.isProven();
  }

  send(message: object): void {
    if (this.session.current === null) return;
    this.#waiting.push(message);
    if (!this.#isSending) void this.#sendAll();
  }

  onMessage(take: (message: unknown, from: string) => void): void {
    this.#takers.push(take);
  }

  onGap(act: () => void): void {
    this.#gaps.push(act);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** Messages that arrive during a notification are sent with the next one. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await null;
    while (this.#waiting.length > 0) {
      const messages = this.#waiting;
      this.#waiting = [];
      for (const payload of packed(this.id, messages)) await this.#notify(payload);
    }
    this.#isSending = false;
  }

  async #notify(payload: string): Promise<void> {
    try {
      await this.session.current?.query("SELECT pg_notify($1, $2)", [CHANNEL, payload]);
    } catch (error) {
      this.#log.warn({ err: error }, "The other instances could not be notified");
    }
  }

  #receive(payload: string): void {
    const mail = Mail.read(payload);
    if (mail === null || mail.from === this.id) return;
    for (const message of mail.messages) for (const take of this.#takers) take(message, mail.from);
  }

  #changed(isOpen: boolean): void {
    if (isOpen && this.#wasLost) for (const act of this.#gaps) act();
    this.#wasLost = !isOpen;
  }
}
