import type { Release } from "./runtime.ts";

/** A signal that aborts with another one, until it is released. */
export interface Follower {
  readonly signal: AbortSignal;
  /** Aborts only this signal. */
  readonly abort: () => void;
  readonly release: Release;
}

/**
 * Creates a signal that aborts with `signal` until it is released. `AbortSignal.any` would keep its
 * result attached to `signal` for the lifetime of `signal`, which may be that of the application.
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
