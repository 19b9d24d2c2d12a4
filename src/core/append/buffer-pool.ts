/** A block size: how many may be in use at a time, and how many unused ones are kept. */
interface SizeClass {
  readonly bytes: number;
  readonly most: number;
  readonly kept: number;
  readonly free: Uint8Array[];
  out: number;
}

/** A body fills at least this many blocks, so that it is hashed while it arrives. */
const BLOCKS_OF_BODY = 4;

/**
 * The memory through which bodies go to the store and the digest, reused. The buffers of a
 * socket are copied once and can be freed at once. The memory is shared between threads, so that a digest
 * on another thread needs no copy. A few bodies get large blocks, which save work; further bodies get
 * small ones, which save memory.
 */
export class BufferPool {
  /** All blocks of the two large sizes are kept: none is allocated twice. */
  readonly #classes: readonly SizeClass[] = [
    sizeClass({ bytes: 2 ** 20, most: 2, kept: 2 }),
    sizeClass({ bytes: 256 * 1024, most: 8, kept: 8 }),
    sizeClass({ bytes: 64 * 1024, most: Number.POSITIVE_INFINITY, kept: 64 }),
  ];

  /** A block for a body of `bodyBytes`, or of as many at most as far as that is known. */
  acquire(bodyBytes: number): Uint8Array {
    for (const each of this.#classes) {
      const suits = each.out < each.most && each.bytes * BLOCKS_OF_BODY <= bodyBytes;
      if (suits || each.most === Number.POSITIVE_INFINITY) return acquireFrom(each);
    }
    throw new Error("there is always a small block");
  }

  /** Returns a block to the pool; it must not be read or written afterwards. */
  release(block: Uint8Array): void {
    const from = this.#classes.find(({ bytes }) => bytes === block.length);
    if (from === undefined) return;
    from.out -= 1;
    if (from.free.length < from.kept) from.free.push(block);
  }

  /** Bytes of the blocks in use. */
  get taken(): number {
    return this.#classes.reduce((sum, { bytes, out }) => sum + bytes * out, 0);
  }
}

function sizeClass(size: Pick<SizeClass, "bytes" | "most" | "kept">): SizeClass {
  return { ...size, free: [], out: 0 };
}

function acquireFrom(from: SizeClass): Uint8Array {
  from.out += 1;
  return from.free.pop() ?? new Uint8Array(new SharedArrayBuffer(from.bytes));
}
