import type { Bytes } from "./bytes.ts";
import type { Hasher } from "./hasher.ts";

/** Digests one file from front to back, and can tell the digest at points on the way. */
export class HashSession {
  readonly #file: Bytes;
  readonly #open: () => Promise<Hasher>;
  /** Bytes read at once. */
  readonly #step: number;
  #hasher: Hasher | null = null;
  #position = 0;

  constructor(file: Bytes, open: () => Promise<Hasher>, step = 4 * 2 ** 20) {
    this.#file = file;
    this.#open = open;
    this.#step = step;
  }

  /**
   * The digest of the first `length` bytes; null when `wanted` said no on the way. What was read is
   * kept: the next call goes on from there, unless it asks for less.
   */
  async digest(length: number, wanted: (bytes: number) => boolean): Promise<string | null> {
    if (length < this.#position) this.#hasher = null;
    if (this.#hasher === null) {
      this.#hasher = await this.#open();
      this.#position = 0;
    }
    const hasher = this.#hasher;
    while (this.#position < length) {
      const end = Math.min(this.#position + this.#step, length);
      const bytes = await this.#file.slice(this.#position, end).arrayBuffer();
      hasher.update(new Uint8Array(bytes));
      this.#position = end;
      if (!wanted(end) && end < length) return null;
    }
    return hasher.digest();
  }
}
