import type { ChunkStore } from "../core/ports/chunk-store.ts";

/** Holds back the removal of files for a short time, so that records and files are seen as of one moment. */
export class Removals {
  #held: Promise<unknown> | null = null;
  readonly #running = new Set<Promise<unknown>>();

  /** The same store; its removals wait while `hold` runs. */
  guard(store: ChunkStore): ChunkStore {
    return {
      ...store,
      remove: (upload) => this.#run(() => store.remove(upload)),
      removeObject: (key) => this.#run(() => store.removeObject(key)),
    };
  }

  /** Waits for running removals, then runs `work` without any. One at a time. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held !== null) await this.#held;
    const held = Promise.allSettled([...this.#running]).then(work);
    this.#held = held.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await held;
    } finally {
      this.#held = null;
    }
  }

  async #run<T>(remove: () => Promise<T>): Promise<T> {
    while (this.#held !== null) await this.#held;
    const running = remove();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
