import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, defaultRetryPolicy } from "../../client/backoff.ts";
import type { UploadFailure } from "../../client/failure.ts";

/** Maximum number of consecutive attempts without progress. */
export const MAX_ATTEMPTS = 6;

/** Waits before the next attempt, at least for the server's Retry-After. Ends early when `signal` aborts. */
export async function waitBeforeRetry(
  tries: number,
  failure: UploadFailure,
  signal: AbortSignal,
): Promise<void> {
  const policy = { ...defaultRetryPolicy, maxMs: 10_000 };
  const ms = backoffMs(tries, failure, { policy, random: Math.random });
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
