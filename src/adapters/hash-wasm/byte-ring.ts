/** Where bytes lie in the ring's memory. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/**
 * Bytes on their way to another thread, in shared memory: put in at one end by the one, given back
 * at the other in the same order once the other thread is done with them.
 */
export class ByteRing {
  readonly #memory: Uint8Array;
  /** Bytes ever put in, and ever given back. */
  #put = 0;
  #freed = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new Uint8Array(memory);
  }

  /** Copies the first of `bytes` in, as many as fit in one piece; a span of length 0 when it is full. */
  put(bytes: Uint8Array): Span {
    const size = this.#memory.length;
    const at = this.#put % size;
    const length = Math.min(bytes.length, size - at, size - (this.#put - this.#freed));
    this.#memory.set(length === bytes.length ? bytes : bytes.subarray(0, length), at);
    this.#put += length;
    return { at, length };
  }

  /** The oldest `length` bytes are not needed any more. */
  free(length: number): void {
    this.#freed += length;
  }
}
