import { backoffMs, TOKEN_TRIES } from "./backoff.ts";
import { isRetryable, readFailure, UploadFailure } from "./failure.ts";
import type { Network } from "./runtime.ts";
import { sleepOrReconnect } from "./sleep-or-reconnect.ts";
import type { Engine, UploadTask } from "./upload-task.ts";

/** Who waits: the engine decides how long, the state shows why. */
export type Waiting = Pick<UploadTask, "engine" | "state">;

/** Does `attempt` until it succeeds, fails for good, or patience ends. Throws `UploadFailure`. */
export async function persist<T>(
  task: Waiting,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const asked = task.engine.gate.openings;
    try {
      if (signal.aborted) throw new UploadFailure("ABORTED");
      return await attempt();
    } catch (thrown) {
      tries = await waitOut(task, { failure: readFailure(thrown), tries, asked, signal });
    }
  }
}

/** An attempt that failed. */
interface FailedAttempt {
  readonly failure: UploadFailure;
  readonly tries: number;
  readonly asked: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until it makes sense to try again; throws the failure when it does not. Answers how many
 * tries count: those before a wait for the line or for somebody to sign in do not. `asked` is how
 * often the gate had been opened when the attempt began.
 */
export async function waitOut(
  task: Waiting,
  { failure, tries, asked, signal }: FailedAttempt,
): Promise<number> {
  const { runtime, gate, policy, onRefused } = task.engine;
  if (signal.aborted) throw new UploadFailure("ABORTED", { cause: failure });
  if (failure.code === "UNAUTHENTICATED" && onRefused === "wait") {
    await held(task, "signed-out", () => gate.wait(asked, signal));
    return 0;
  }
  if (!mayTryAgain(failure, onRefused)) throw failure;
  if (!runtime.network.isOnline()) {
    await held(task, "offline", () => backOnline(runtime.network, signal));
    return 0;
  }
  const isRefused = failure.code === "UNAUTHENTICATED";
  if (tries >= (isRefused ? TOKEN_TRIES : policy.attempts)) throw failure;
  // From another offset, or with a fresh token, it is welcome at once; only a quarrel needs a pause.
  if ((isRefused || failure.code === "OFFSET_MISMATCH") && tries === 1) return tries;
  const ms = backoffMs(tries, failure, { policy, random: runtime.random });
  // A line that comes back ends the wait: the failure was the line's.
  await held(task, "retrying", () => sleepOrReconnect(runtime, ms, signal));
  if (signal.aborted) throw new UploadFailure("ABORTED", { cause: failure });
  return tries;
}

function mayTryAgain({ code }: UploadFailure, onRefused: Engine["onRefused"]): boolean {
  if (code === "UNAUTHENTICATED") return onRefused === "renew";
  return isRetryable(code) || code === "OFFSET_MISMATCH";
}

async function held(
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

/** Resolves when the line is back. Throws ABORTED when `signal` aborts first. */
function backOnline(network: Network, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      if (!signal.aborted && !network.isOnline()) return;
      leave();
      signal.removeEventListener("abort", settle);
      if (signal.aborted) reject(new UploadFailure("ABORTED"));
      else resolve();
    };
    const leave = network.onChange(settle);
    signal.addEventListener("abort", settle, { once: true });
    settle();
  });
}
