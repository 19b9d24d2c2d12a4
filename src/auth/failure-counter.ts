/** A key's failures in its running window. */
export interface Failures {
  readonly count: number;
  /** When the window ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** Keys remembered at most; the oldest window is forgotten first. */
const MOST_KEYS = 50_000;

/** Counts failures by key in fixed windows, each beginning with its key's first failure. */
export class FailureCounter {
  readonly #windowMs: number;
  /** In the order of the windows' ends, since all windows are equally long. */
  readonly #failures = new Map<string, Failures>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Counts one failure at `now` (ms) and returns the key's window. */
  add(key: string, now: number): Failures {
    this.#forget(now);
    const known = this.#failures.get(key);
    const { count, endsAt } = known ?? { count: 0, endsAt: now + this.#windowMs };
    const failures = { count: count + 1, endsAt };
    this.#failures.set(key, failures);
    return failures;
  }

  /** Takes one failure back. */
  takeBack(key: string): void {
    const known = this.#failures.get(key);
    if (known !== undefined) {
      this.#failures.set(key, { ...known, count: Math.max(0, known.count - 1) });
    }
  }

  delete(key: string): void {
    this.#failures.delete(key);
  }

  #forget(now: number): void {
    for (const [key, { endsAt }] of this.#failures) {
      if (endsAt > now && this.#failures.size <= MOST_KEYS) return;
      this.#failures.delete(key);
    }
  }
}
