/** One size of block: how many of it may be out at a time, and how many unused ones are kept. */
interface SizeClass {
  readonly bytes: number;
  readonly most: number;
  readonly kept: number;
  readonly free: Uint8Array[];
  out: number;
}

/** A body fills so many blocks at least, so that it is hashed while it still comes. */
const BLOCKS_OF_BODY = 4;

/**
 * The memory through which bodies go to the store and the digest, used again and again: what a
 * socket brings is copied once and can be freed at once, because it is not needed any longer. It is
 * shared between threads, so that a digest on another one need not copy it again. A few bodies get
 * large blocks, which save work; where many come the others get small ones, which save memory.
 */
export class BufferPool {
  /** What is kept for good is all that may be out of the two large sizes: none is ever made again. */
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
