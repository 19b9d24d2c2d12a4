import type { UploadFailure } from "./failure.ts";

/** How often and when to retry. Times are milliseconds. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Consecutive attempts without progress. */
  readonly attempts: number;
}

/** Consecutive attempts with refused tokens. */
export const TOKEN_TRIES = 4;

export const defaultRetryPolicy: RetryPolicy = { baseMs: 500, maxMs: 30_000, attempts: 10 };

/**
 * Milliseconds to wait before attempt `attempt` (from 1): exponential with full jitter, so that
 * many clients do not return to a restarted server at the same moment. `Retry-After` is the minimum;
 * the jitter is added to it.
 */
export function backoffMs(
  attempt: number,
  failure: Pick<UploadFailure, "retryAfterMs">,
  { policy, random }: { policy: RetryPolicy; random: () => number },
): number {
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  const jitter = random() * ceiling;
  if (failure.retryAfterMs === null) return jitter;
  return failure.retryAfterMs + Math.min(jitter, policy.baseMs);
}
