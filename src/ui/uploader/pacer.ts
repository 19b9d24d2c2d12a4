/** Runs listeners in batches, at most once per interval, so that a page renders many rows together. */
export class Pacer {
  readonly #everyMs: number;
  readonly #due = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #ranAt = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Runs `listener` with the next batch. */
  add(listener: () => void): void {
    this.#due.add(listener);
    const wait = Math.max(0, this.#ranAt + this.#everyMs - performance.now());
    this.#timer ??= setTimeout(() => this.#run(), wait);
  }

  /** Runs `listener` and all waiting ones at the end of the current task, for changes made by the user. */
  addUrgent(listener: () => void): void {
    this.#due.add(listener);
    queueMicrotask(() => this.#run());
  }

  /** Removes `listener` from the next batch. */
  remove(listener: () => void): void {
    this.#due.delete(listener);
  }

  #run(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#due.size === 0) return;
    this.#ranAt = performance.now();
    const due = [...this.#due];
    this.#due.clear();
    for (const listener of due) listener();
  }
}
