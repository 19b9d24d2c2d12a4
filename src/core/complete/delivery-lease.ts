import type { CoreContext } from "../core.ts";

/** How long a delivery is left to an instance that does not renew its lease: it is believed dead then. */
export const DELIVERY_LEASE_MS = 60_000;

/** The right to deliver one completion, renewed for as long as `onComplete` runs. */
export class DeliveryLease {
  readonly #core: Pick<CoreContext, "outbox" | "clock">;
  readonly #entryId: string;
  #until: Date;
  #isLost = false;

  constructor(core: Pick<CoreContext, "outbox" | "clock">, entryId: string, until: Date) {
    this.#core = core;
    this.#entryId = entryId;
    this.#until = until;
  }

  /** The end of the lease, by which its entry knows it. */
  get until(): Date {
    return this.#until;
  }

  /** Whether another instance took the entry. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Runs `work`, and renews the lease meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const renewal = this.#keep(ended.signal);
    try {
      return await work();
    } finally {
      ended.abort();
      await renewal;
    }
  }

  async #keep(ended: AbortSignal): Promise<void> {
    const { outbox, clock } = this.#core;
    for (;;) {
      await clock.sleep(DELIVERY_LEASE_MS / 3, ended);
      if (ended.aborted || this.#isLost) return;
      const until = new Date(clock.now().getTime() + DELIVERY_LEASE_MS);
      // The database is unavailable: the next attempt renews the lease, unless another instance took it.
      const isOurs = await outbox
        .renew(this.#entryId, { held: this.#until, until })
        .catch(() => null);
      if (isOurs === true) this.#until = until;
      this.#isLost = isOurs === false;
    }
  }
}
