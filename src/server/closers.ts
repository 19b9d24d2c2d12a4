import type { Logger } from "../core/ports/system.ts";

/** Resources to close at the end, in reverse order of opening. */
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
