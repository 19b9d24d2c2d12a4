import type { Logger } from "../core/ports/system.ts";

/** What must be let go at the end, last opened first. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Closes everything once; one failure does not keep the others open. */
  async close(log: Logger | null): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => log?.error({ err: error }, "Closing failed"));
    }
  }
}
