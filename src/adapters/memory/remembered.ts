/**
 * Values by key, the last used ones, each as true as what it was read from. What was read while
 * something was being written may be the old or the new: it is handed on, but not kept.
 */
export class Remembered<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;
  /** Changes that are under way, and those that have ended. */
  #running = 0;
  #ended = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    // The order of a Map is that of its insertions: the last used one goes to the end.
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** What is kept, else what `read` answers. */
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

  /** Runs what changes the source; nothing that is read meanwhile is kept. */
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
