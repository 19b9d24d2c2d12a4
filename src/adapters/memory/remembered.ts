/**
 * A cache of the values used last, by key. A value that is read during a write may be the old or the new one:
 * it is returned, but not kept.
 */
export class Remembered<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;
  /** Number of writes that are running, and of those that ended. */
  #running = 0;
  #ended = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    // A Map keeps the order of insertion: insert again to make this the last used value.
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** The kept value, otherwise the result of `read`. */
  async getOr(key: string, read: () => Promise<T | null>): Promise<T | null> {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    const ended = this.#ended;
    const value = await read();
    const quiet = this.#running === 0 && ended === this.#ended;
    if (value !== null && quiet) this.keep(key, value);
    return value;
  }

  keep(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size <= this.#most) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }

  forgetAll(): void {
    this.#kept.clear();
  }

  /** Runs a write to the source; no value that is read during it is kept. */
  async writing<R>(work: () => Promise<R>): Promise<R> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#ended += 1;
    }
  }
}
