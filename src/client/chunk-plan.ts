import { addRange, type ByteRange, missingRanges } from "../core/ranges.ts";

/**
 * The bytes of one file that are still to be sent, split at the server's chunk boundaries. Each chunk is
 * given to one sender at a time.
 */
export class ChunkPlan {
  readonly #size: number;
  readonly #chunkSize: number;
  readonly #taken = new Set<number>();
  /** Acknowledged since the last status request: its response may not contain them. */
  #acknowledgedSince: ByteRange[] = [];
  #held: readonly ByteRange[];
  #cursor = 0;

  /** Sizes in bytes; `held` are the ranges that the server already holds. */
  constructor(size: number, chunkSize: number, held: readonly ByteRange[]) {
    this.#size = size;
    this.#chunkSize = chunkSize;
    this.#held = held;
  }

  /** The number of the first chunk that the server lacks and that is not being sent; null if there is none. */
  take(): number | null {
    const chunks = Math.ceil(this.#size / this.#chunkSize);
    for (; this.#cursor < chunks; this.#cursor += 1) {
      if (this.#taken.has(this.#cursor) || this.remaining(this.#cursor) === null) continue;
      this.#taken.add(this.#cursor);
      return this.#cursor;
    }
    return null;
  }

  /** Ends the sending of `chunk`. */
  release(chunk: number): void {
    this.#taken.delete(chunk);
    this.#cursor = Math.min(this.#cursor, chunk);
  }

  /**
   * The range to send for `chunk`; null when the server holds all of it. The chunk that contains the
   * server's offset is continued there. Any other is sent whole, since parallel chunks are aligned (wire
   * contract, Raw chunks).
   */
  remaining(chunk: number): ByteRange | null {
    const start = chunk * this.#chunkSize;
    const whole = { start, end: Math.min(start + this.#chunkSize, this.#size) };
    if (missingRanges(this.#held, whole).length === 0) return null;
    const offset = this.offset;
    return offset > whole.start && offset < whole.end ? { start: offset, end: whole.end } : whole;
  }

  acknowledge(range: ByteRange): void {
    this.#held = addRange(this.#held, range);
    this.#acknowledgedSince.push(range);
  }

  /** Call this before a status request. */
  statusRequested(): void {
    this.#acknowledgedSince = [];
  }

  /** Sets the ranges that the server reported. They may be less than was acknowledged. */
  heldByServer(held: readonly ByteRange[]): void {
    this.#held = this.#acknowledgedSince.reduce<readonly ByteRange[]>(addRange, held);
    this.#cursor = 0;
  }

  /** The server's offset, as far as this client knows. */
  get offset(): number {
    const first = this.#held[0];
    return first !== undefined && first.start === 0 ? first.end : 0;
  }

  /** The ranges that the server has acknowledged. */
  get held(): readonly ByteRange[] {
    return this.#held;
  }
}
