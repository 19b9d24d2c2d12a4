/** Bytes of a block: large ones save work while few bodies come, small ones save memory while many do. */
const SIZES = [
  { bytes: 2 ** 20, while: 4 * 2 ** 20 },
  { bytes: 256 * 1024, while: 16 * 2 ** 20 },
  { bytes: 64 * 1024, while: Number.POSITIVE_INFINITY },
] as const;
/** A body fills so many blocks at least, so that it is hashed while it still comes. */
const BLOCKS_OF_BODY = 4;
/** Unused blocks that are kept for the next bodies, in bytes. */
const KEPT_BYTES = 8 * 2 ** 20;

/**
 * The memory through which bodies go to the store and the digest, used again and again: what a
 * socket brings is copied once and may be collected at once, since nobody holds it any longer. It is
 * shared between threads, so that a digest on another one need not copy it again.
 */
export class Blocks {
  readonly #free: Uint8Array[] = [];
  #freeBytes = 0;
  #takenBytes = 0;

  /** A block for a body of `bodyBytes`, or of as many at most as far as that is known. */
  take(bodyBytes: number): Uint8Array {
    const { bytes } =
      SIZES.find(
        (size) => this.#takenBytes < size.while && size.bytes * BLOCKS_OF_BODY <= bodyBytes,
      ) ?? SIZES[2];
    const index = this.#free.findIndex((block) => block.length === bytes);
    const [block = new Uint8Array(new SharedArrayBuffer(bytes))] =
      index < 0 ? [] : this.#free.splice(index, 1);
    if (index >= 0) this.#freeBytes -= bytes;
    this.#takenBytes += bytes;
    return block;
  }

  /** Gives a block back; nobody may read or write it afterwards. */
  give(block: Uint8Array): void {
    this.#takenBytes -= block.length;
    if (this.#freeBytes + block.length > KEPT_BYTES) return;
    this.#freeBytes += block.length;
    this.#free.push(block);
  }

  /** Bytes of the blocks that are in somebody's hands. */
  get taken(): number {
    return this.#takenBytes;
  }
}
