import { RateLimiterMemory } from "rate-limiter-flexible";
import { UploadError } from "../core/errors.ts";
import type { AuthSettings } from "./auth-settings.ts";

export interface LoginAttempts {
  /**
   * Counts an attempt, before its password is looked at: of many at once, no more than the limit
   * get through. Throws RATE_LIMITED with `retryAfterMs`.
   */
  check(address: string, email: string): Promise<void>;
  /** The attempt was right: it does not count, and the account's failures are forgotten. */
  succeeded(address: string, email: string): Promise<void>;
}

/** The longest time that a timer of the runtime can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Counts failed attempts to sign in for each address and for each account, in the memory of this
 * process. A refused address does not count against the account.
 */
export function createLoginAttempts(rate: AuthSettings["loginRate"]): LoginAttempts {
  const limit = {
    points: rate.points,
    duration: Math.min(rate.durationMs, LONGEST_TIMER_MS) / 1000,
  };
  const addresses = new RateLimiterMemory({ ...limit, keyPrefix: "address" });
  const accounts = new RateLimiterMemory({ ...limit, keyPrefix: "account" });

  const count = async (limiter: RateLimiterMemory, key: string) => {
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key);
    if (consumedPoints > rate.points) {
      throw new UploadError("RATE_LIMITED", { retryAfterMs: Math.max(1, msBeforeNext) });
    }
  };
  return {
    async check(address, email) {
      await count(addresses, address);
      await count(accounts, email);
    },
    async succeeded(address, email) {
      await addresses.reward(address);
      await accounts.delete(email);
    },
  };
}
