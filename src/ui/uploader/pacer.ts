/** Runs listeners in batches, at most once per interval, so that a page renders many rows at once. */
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

  /** Runs `listener`, and all that wait, at the end of the current task: the user waits for it. */
  addUrgent(listener: () => void): void {
    this.#due.add(listener);
    queueMicrotask(() => this.#run());
  }

  /** Does not run `listener` any more. */
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
