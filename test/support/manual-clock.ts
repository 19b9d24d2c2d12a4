import type { Clock } from "../../src/core/ports/system.ts";

/** A clock that stands still until a test moves it; sleepers wake in their order. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: { wakeAt: number; wake: () => void }[] = [];

  constructor(start = "2026-03-04T06:00:00.000Z") {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#sleepers.push({ wakeAt: this.#now + ms, wake });
      signal?.addEventListener("abort", wake);
    });
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves the time on and lets everything that was due run. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    // Whoever is about to sleep gets the chance to.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const next = this.#sleepers
        .filter(({ wakeAt }) => wakeAt <= until)
        .sort((a, b) => a.wakeAt - b.wakeAt)[0];
      if (next === undefined) break;
      this.#now = next.wakeAt;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = until;
  }
}
