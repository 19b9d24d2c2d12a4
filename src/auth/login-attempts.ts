import { UploadError } from "../core/errors.ts";
import type { Clock } from "../core/ports/system.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { FailureCounter } from "./failure-counter.ts";

export interface LoginAttempts {
  /**
   * Counts an attempt before its password is checked: of many at once, no more than the limit get
   * through. Resolves when the attempt may go on, which may take some seconds. Throws RATE_LIMITED
   * with `retryAfterMs`.
   */
  check(address: string, email: string): Promise<void>;
  /** The attempt was right: it does not count, and the failures for this account from this address are forgotten. */
  succeeded(address: string, email: string): void;
}

/** An account alone, or an address alone, has so many times the failures of LOGIN_RATE before it is slowed down. */
const LOOSER = 10;
/** How much each further failure delays the next attempt, and the longest delay (ms). */
const DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** Attempts that one address may have waiting. */
const MOST_WAITING = 5;

/**
 * Counts failed attempts to sign in, in the memory of this process. Only the failures for one account
 * from one address refuse further attempts: were an account refused by its own count, anybody could
 * lock its owner out. Too many failures for an account from anywhere, or from an address for any
 * account, only slow down.
 */
export function createLoginAttempts(rate: AuthSettings["loginRate"], clock: Clock): LoginAttempts {
  const pairs = new FailureCounter(rate.durationMs);
  const accounts = new FailureCounter(rate.durationMs);
  const addresses = new FailureCounter(rate.durationMs);
  const waiting = new Map<string, number>();

  const slowDown = async (address: string, failures: number) => {
    const excess = failures - rate.points * LOOSER;
    if (excess <= 0) return;
    const others = waiting.get(address) ?? 0;
    if (others >= MOST_WAITING) throw refusal(LONGEST_DELAY_MS);
    waiting.set(address, others + 1);
    await clock.sleep(Math.min(excess * DELAY_MS, LONGEST_DELAY_MS));
    const left = (waiting.get(address) ?? 1) - 1;
    if (left > 0) waiting.set(address, left);
    else waiting.delete(address);
  };

  return {
    async check(address, email) {
      const now = clock.now().getTime();
      const pair = pairs.add(pairOf(address, email), now);
      if (pair.count > rate.points) throw refusal(pair.endsAt - now);
      const failures = Math.max(accounts.add(email, now).count, addresses.add(address, now).count);
      await slowDown(address, failures);
    },
    succeeded(address, email) {
      pairs.delete(pairOf(address, email));
      accounts.takeBack(email);
      addresses.takeBack(address);
    },
  };
}

function pairOf(address: string, email: string): string {
  return `${address} ${email}`;
}

function refusal(retryAfterMs: number): UploadError {
  return new UploadError("RATE_LIMITED", { retryAfterMs: Math.max(1, retryAfterMs) });
}
