import type { IHasher } from "hash-wasm";
import { createHasher } from "./hashers.ts";

/** Bytes read at once. */
const STEP = 4 * 2 ** 20;

/** Digests one file from front to back, and can tell the digest at points on the way. */
export class HashSession {
  readonly #file: Blob;
  readonly #algorithm: string;
  #hasher: IHasher | null = null;
  #position = 0;

  constructor(file: Blob, algorithm: string) {
    this.#file = file;
    this.#algorithm = algorithm;
  }

  /**
   * The digest of the first `length` bytes; null when `wanted` said no on the way. What was read is
   * kept: the next call goes on from there, unless it asks for less.
   */
  async digest(length: number, wanted: (bytes: number) => boolean): Promise<string | null> {
    if (length < this.#position) this.#hasher = null;
    if (this.#hasher === null) {
      this.#hasher = await createHasher(this.#algorithm);
      this.#position = 0;
    }
    const hasher = this.#hasher;
    while (this.#position < length) {
      const end = Math.min(this.#position + STEP, length);
      const bytes = await this.#file.slice(this.#position, end).arrayBuffer();
      hasher.update(new Uint8Array(bytes));
      this.#position = end;
      if (!wanted(end) && end < length) return null;
    }
    // `digest` ends a hasher: the state goes on in it afterwards.
    const state = hasher.save();
    const checksum = hasher.digest("hex");
    hasher.load(state);
    return checksum;
  }
}
