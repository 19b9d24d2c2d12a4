import { UploadError } from "../../core/errors.ts";
import type { TicketPrincipal, UserPrincipal } from "../../core/principal.ts";

/** `Retry-After` for a client over the limit, in ms. */
const RETRY_MS = 10_000;

/**
 * Counts the open streams of each user, in this process. A ticket's stream counts for its upload, so that the
 * tickets of one service do not use up each other's limit.
 */
export class WatchPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a stream until `signal` aborts. Throws RATE_LIMITED if the limit is reached. */
  take(principal: UserPrincipal | TicketPrincipal, signal: AbortSignal): void {
    const key = principal.kind === "user" ? `user ${principal.id}` : `upload ${principal.uploadId}`;
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#most) {
      throw new UploadError("RATE_LIMITED", {
        message: `${this.#most} streams are already open.`,
        retryAfterMs: RETRY_MS,
      });
    }
    if (signal.aborted) return;
    this.#taken.set(key, taken + 1);
    signal.addEventListener("abort", () => this.#giveBack(key), { once: true });
  }

  #giveBack(key: string): void {
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left > 0) this.#taken.set(key, left);
    else this.#taken.delete(key);
  }
}
