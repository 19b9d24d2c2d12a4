import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, defaultRetryPolicy } from "../../client/backoff.ts";
import type { UploadFailure } from "../../client/failure.ts";

/** Attempts in a row without a byte gained, or an answer. */
export const ATTEMPTS = 6;

/** Waits before the next attempt, as long as the server asks at least; not once `signal` aborts. */
export async function pause(
  tries: number,
  failure: UploadFailure,
  signal: AbortSignal,
): Promise<void> {
  const policy = { ...defaultRetryPolicy, maxMs: 10_000 };
  const ms = backoffMs(tries, failure, { policy, random: Math.random });
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
