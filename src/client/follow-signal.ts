import type { Release } from "./runtime.ts";

/** A signal that aborts with another one, until it is released. */
export interface Follower {
  readonly signal: AbortSignal;
  /** Aborts it alone. */
  readonly abort: () => void;
  readonly release: Release;
}

/**
 * Follows `signal` for as long as one piece of work takes. `AbortSignal.any` would do, but what is
 * made of it stays with a signal for that signal's life, and an upload's or an application's is long.
 */
export function followSignal(signal: AbortSignal): Follower {
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return {
    signal: own.signal,
    abort: () => own.abort(),
    release: () => signal.removeEventListener("abort", abort),
  };
}
