import type { UploadFailure } from "./failure.ts";

/** How patient the engine is. Milliseconds. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Attempts in a row without any byte gained. */
  readonly attempts: number;
}

/** How often a token that is refused is replaced by another, in a row. */
export const TOKEN_TRIES = 4;

export const defaultRetryPolicy: RetryPolicy = { baseMs: 500, maxMs: 30_000, attempts: 10 };

/**
 * Milliseconds to wait before attempt `attempt` (from 1): exponential with full jitter, so that
 * many clients that lost one server do not return at one moment. What the server asks for is the
 * least; the jitter comes on top.
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
