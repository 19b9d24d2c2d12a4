import type { KeyedMutex } from "./ports/keyed-mutex.ts";

/** Turns within one process. */
export class ProcessMutex implements KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  async runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    // The next call waits for the end, whether it succeeds or fails.
    const ended = mine.then(ignore, ignore);
    this.#last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}

function ignore(): void {}
