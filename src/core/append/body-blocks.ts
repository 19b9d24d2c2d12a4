import type { ByteRange } from "../ranges.ts";
import type { BufferPool } from "./buffer-pool.ts";

/** Passes the bytes at `position` on; resolves once they are no longer needed. */
export type SendBlock = (position: number, bytes: Uint8Array) => Promise<unknown>;

/**
 * One body's bytes, gathered into blocks: while one block is written and hashed the next is filled,
 * and no body holds more than these two.
 */
export class BodyBlocks {
  readonly #blocks: BufferPool;
  readonly #send: SendBlock;
  readonly #bodyBytes: number;
  /** The position after the last byte received. */
  #position: number;
  #block: Uint8Array | null = null;
  #filled = 0;
  /** Settles when the last block sent is free again; rejects if it was not written. */
  #sent: Promise<unknown> = Promise.resolve();

  constructor(blocks: BufferPool, body: { range: ByteRange; send: SendBlock }) {
    this.#blocks = blocks;
    this.#position = body.range.start;
    this.#bodyBytes = body.range.end - body.range.start;
    this.#send = body.send;
  }

  get position(): number {
    return this.#position;
  }

  /** Resolves once there is room for more. Throws what kept an earlier block from arriving. */
  async take(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      this.#block ??= this.#blocks.acquire(this.#bodyBytes);
      const count = Math.min(bytes.length - taken, this.#block.length - this.#filled);
      this.#block.set(bytes.subarray(taken, taken + count), this.#filled);
      this.#filled += count;
      this.#position += count;
      taken += count;
      if (this.#filled === this.#block.length) await this.flush();
    }
  }

  /** Sends off what was gathered; resolves once the block before that has arrived. */
  async flush(): Promise<void> {
    const before = this.#sent;
    const block = this.#block;
    if (block !== null) {
      const bytes = block.subarray(0, this.#filled);
      this.#block = null;
      this.#filled = 0;
      this.#sent = this.#send(this.#position - bytes.length, bytes).finally(() =>
        this.#blocks.release(block),
      );
      // The next block reports the failure; until then it must not count as an unhandled rejection.
      this.#sent.catch(() => {});
    }
    await before;
  }

  /** Returns an unsent block to the pool. */
  close(): void {
    if (this.#block !== null) this.#blocks.release(this.#block);
    this.#block = null;
  }
}
