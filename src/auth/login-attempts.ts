import { UploadError } from "../core/errors.ts";
import type { FailureCounts } from "../core/ports/failure-counts.ts";
import type { Clock } from "../core/ports/system.ts";
import type { AuthSettings } from "./auth-settings.ts";

export interface LoginAttempts {
  /**
   * Counts an attempt before its password is checked: of many at once, no more than the limit get
   * through. Resolves when the attempt may proceed, which can take some seconds. Throws RATE_LIMITED
   * with `retryAfterMs`.
   */
  check(address: string, email: string): Promise<void>;
  /** The attempt succeeded: it does not count, and the failures for this account from this address are reset. */
  succeeded(address: string, email: string): Promise<void>;
}

/** Multiple of LOGIN_RATE after which an account alone, or an address alone, is slowed down. */
const LOOSER = 10;
/** How much each further failure delays the next attempt, and the longest delay (ms). */
const DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** Attempts that one address may have waiting. */
const MOST_WAITING = 5;

/**
 * Counts failed attempts to sign in. Only the failures for one account
 * from one address refuse further attempts: if an account were refused by its own count, any client could
 * lock its owner out. Too many failures for an account from anywhere, or from an address for any
 * account, only slow down.
 */
export function createLoginAttempts(
  rate: AuthSettings["loginRate"],
  { counts, clock }: { counts: FailureCounts; clock: Clock },
): LoginAttempts {
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
      const [pair] = await counts.add([pairOf(address, email)], rate.durationMs);
      if (pair !== undefined && pair.count > rate.points) throw refusal(pair.remainingMs);
      const failures = await counts.add(alone(address, email), rate.durationMs);
      await slowDown(address, Math.max(...failures.map(({ count }) => count)));
    },
    async succeeded(address, email) {
      await counts.clear(pairOf(address, email));
      await counts.takeBack(alone(address, email));
    },
  };
}

function pairOf(address: string, email: string): string {
  return `pair ${address} ${email}`;
}

function alone(address: string, email: string): string[] {
  return [`account ${email}`, `address ${address}`];
}

function refusal(retryAfterMs: number): UploadError {
  return new UploadError("RATE_LIMITED", { retryAfterMs: Math.max(1, retryAfterMs) });
}
