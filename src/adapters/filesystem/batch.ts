/** Pieces smaller than this are copied together: a buffer and an iovec each would cost more. */
const SMALL_BYTES = 4 * 1024;
const SCRATCH_BYTES = 64 * 1024;

/** Consecutive pieces on their way into one write. */
export class Batch {
  readonly start: number;
  readonly pieces: Uint8Array[] = [];
  bytes = 0;
  #scratch: Buffer | null = null;
  /** The last piece, while it is a growing view of the scratch buffer. */
  #from = 0;
  #used = 0;

  constructor(start: number) {
    this.start = start;
  }

  /** The position after the last byte. */
  get end(): number {
    return this.start + this.bytes;
  }

  add(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (piece.length < SMALL_BYTES) {
      this.#copy(piece);
    } else {
      this.pieces.push(piece);
      this.#from = this.#used;
    }
  }

  #copy(piece: Uint8Array): void {
    if (this.#scratch === null || this.#scratch.length - this.#used < piece.length) {
      this.#scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
      this.#from = 0;
      this.#used = 0;
    }
    if (this.#used > this.#from) this.pieces.pop();
    this.#scratch.set(piece, this.#used);
    this.#used += piece.length;
    this.pieces.push(this.#scratch.subarray(this.#from, this.#used));
  }
}

/** `pieces` without their first `count` bytes. */
export function withoutFirst(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  let index = 0;
  for (const piece of pieces) {
    if (left < piece.length) break;
    left -= piece.length;
    index += 1;
  }
  const rest = pieces.slice(index);
  const first = rest[0];
  if (first !== undefined && left > 0) rest[0] = first.subarray(left);
  return rest;
}
