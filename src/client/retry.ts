import { backoffMs, TOKEN_TRIES } from "./backoff.ts";
import { isRetryable, readFailure, UploadFailure } from "./failure.ts";
import type { Network } from "./runtime.ts";
import { sleepOrReconnect } from "./sleep-or-reconnect.ts";
import type { Engine, UploadTask } from "./upload-task.ts";

/** What a retry needs of a task: the engine's retry policy, and the state that shows the wait. */
export type Waiting = Pick<UploadTask, "engine" | "state">;

/** Repeats `attempt` until it succeeds, fails permanently, or has used up all attempts. Throws `UploadFailure`. */
export async function retry<T>(
  task: Waiting,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const openings = task.engine.gate.openings;
    try {
      if (signal.aborted) throw new UploadFailure("ABORTED");
      return await attempt();
    } catch (thrown) {
      tries = await waitOut(task, { failure: readFailure(thrown), tries, openings, signal });
    }
  }
}

/** An attempt that failed. */
interface FailedAttempt {
  readonly failure: UploadFailure;
  readonly tries: number;
  readonly openings: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until a retry makes sense; throws the failure when it never does. Returns how many attempts
 * count: those before a wait for the network or for a sign-in do not. `openings` is the
 * count of the sign-in gate when the attempt began.
 */
export async function waitOut(
  task: Waiting,
  { failure, tries, openings, signal }: FailedAttempt,
): Promise<number> {
  const { runtime, gate, policy, onRefused } = task.engine;
  if (signal.aborted) throw new UploadFailure("ABORTED", { cause: failure });
  if (failure.code === "UNAUTHENTICATED" && onRefused === "wait") {
    await showHold(task, "signed-out", () => gate.wait(openings, signal));
    return 0;
  }
  if (!mayRetry(failure, onRefused)) throw failure;
  if (!runtime.network.isOnline()) {
    await showHold(task, "offline", () => waitUntilOnline(runtime.network, signal));
    return 0;
  }
  const isRefused = failure.code === "UNAUTHENTICATED";
  if (tries >= (isRefused ? TOKEN_TRIES : policy.attempts)) throw failure;
  // The first retry from another offset, or with a new token, needs no delay.
  if ((isRefused || failure.code === "OFFSET_MISMATCH") && tries === 1) return tries;
  const ms = backoffMs(tries, failure, { policy, random: runtime.random });
  // When the network returns, the wait ends: the network was the cause.
  await showHold(task, "retrying", () => sleepOrReconnect(runtime, ms, signal));
  if (signal.aborted) throw new UploadFailure("ABORTED", { cause: failure });
  return tries;
}

function mayRetry({ code }: UploadFailure, onRefused: Engine["onRefused"]): boolean {
  if (code === "UNAUTHENTICATED") return onRefused === "renew";
  return isRetryable(code) || code === "OFFSET_MISMATCH";
}

async function showHold(
  { state }: Waiting,
  hold: "signed-out" | "offline" | "retrying",
  wait: () => Promise<void>,
): Promise<void> {
  const release = state.hold(hold);
  try {
    await wait();
  } finally {
    release();
  }
}

/** Resolves when the network is back. Throws ABORTED when `signal` aborts first. */
function waitUntilOnline(network: Network, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      if (!signal.aborted && !network.isOnline()) return;
      unsubscribe();
      signal.removeEventListener("abort", settle);
      if (signal.aborted) reject(new UploadFailure("ABORTED"));
      else resolve();
    };
    const unsubscribe = network.onChange(settle);
    signal.addEventListener("abort", settle, { once: true });
    settle();
  });
}
