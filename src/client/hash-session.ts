import type { Bytes } from "./bytes.ts";
import { UploadFailure } from "./failure.ts";
import type { Hasher } from "./hasher.ts";

/** Digests one file from start to end, and can return the digest of prefixes on the way. */
export class HashSession {
  readonly #file: Bytes;
  readonly #open: () => Promise<Hasher>;
  /** Bytes read at a time. */
  readonly #step: number;
  #hasher: Hasher | null = null;
  #position = 0;

  constructor(file: Bytes, open: () => Promise<Hasher>, step = 4 * 2 ** 20) {
    this.#file = file;
    this.#open = open;
    this.#step = step;
  }

  /**
   * The digest of the first `length` bytes; null when `wanted` returned false before the end. The state is
   * kept: the next call continues from there, unless its length is smaller. Throws FILE_UNREADABLE.
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
      hasher.update(await this.#read(this.#position, end));
      this.#position = end;
      if (!wanted(end) && end < length) return null;
    }
    return hasher.digest();
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.#file.slice(start, end).arrayBuffer());
    } catch (cause) {
      if (cause instanceof UploadFailure) throw cause;
      const message = `The file cannot be read: ${cause instanceof Error ? cause.message : cause}`;
      throw new UploadFailure("FILE_UNREADABLE", { message, cause });
    }
  }
}
