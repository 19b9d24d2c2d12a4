/** Counts the writers of each file, so that a file is truncated only while it has none. */
export class OpenFiles {
  readonly #writers = new Map<string, number>();
  readonly #cutting = new Map<string, Promise<unknown>>();

  /** Waits for a running truncation, then counts a writer until the returned function is called. */
  async enter(path: string): Promise<() => void> {
    for (let cut = this.#cutting.get(path); cut !== undefined; cut = this.#cutting.get(path)) {
      await cut;
    }
    this.#writers.set(path, (this.#writers.get(path) ?? 0) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const others = (this.#writers.get(path) ?? 1) - 1;
      if (others === 0) this.#writers.delete(path);
      else this.#writers.set(path, others);
    };
  }

  /** Runs `cut` while the file has no writer. Does nothing if it has one, or if a truncation is running. */
  async whileUnused(path: string, cut: () => Promise<void>): Promise<void> {
    if (this.#writers.has(path) || this.#cutting.has(path)) return;
    const work = cut();
    this.#cutting.set(
      path,
      work.catch(() => undefined),
    );
    try {
      await work;
    } finally {
      this.#cutting.delete(path);
    }
  }
}
