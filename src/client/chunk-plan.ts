import { addRange, type ByteRange, missingRanges } from "../core/ranges.ts";

/**
 * Which bytes of one file are still to be sent, cut at the server's chunk boundaries. Several lanes
 * take from it; what one of them holds, no other gets.
 */
export class ChunkPlan {
  readonly #size: number;
  readonly #chunkSize: number;
  readonly #taken = new Set<number>();
  /** Acknowledged while a status was under way: its answer may not know them yet. */
  #sinceAsked: ByteRange[] = [];
  #held: readonly ByteRange[];
  #cursor = 0;

  /** Sizes in bytes; `held` is what the server has already. */
  constructor(size: number, chunkSize: number, held: readonly ByteRange[]) {
    this.#size = size;
    this.#chunkSize = chunkSize;
    this.#held = held;
  }

  /** The first chunk that nobody holds or sends, by its number; null when there is none. */
  take(): number | null {
    const chunks = Math.ceil(this.#size / this.#chunkSize);
    for (; this.#cursor < chunks; this.#cursor += 1) {
      if (this.#taken.has(this.#cursor) || this.remaining(this.#cursor) === null) continue;
      this.#taken.add(this.#cursor);
      return this.#cursor;
    }
    return null;
  }

  /** Gives `chunk` back. */
  release(chunk: number): void {
    this.#taken.delete(chunk);
    this.#cursor = Math.min(this.#cursor, chunk);
  }

  /**
   * What to send of `chunk`; null when the server has it all. A chunk whose beginning ends the
   * server's prefix goes on from there (START equals `offset`); any other is sent whole, since
   * parallel chunks are aligned (wire contract, Raw chunks).
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
    this.#sinceAsked.push(range);
  }

  /** To be called when the server is asked what it holds. */
  asked(): void {
    this.#sinceAsked = [];
  }

  /** What the server says it holds, which may be less than was acknowledged. */
  answered(held: readonly ByteRange[]): void {
    this.#held = this.#sinceAsked.reduce<readonly ByteRange[]>(addRange, held);
    this.#cursor = 0;
  }

  /** The length of the server's unbroken prefix, as far as is known here. */
  get offset(): number {
    const first = this.#held[0];
    return first !== undefined && first.start === 0 ? first.end : 0;
  }

  /** What the server has acknowledged. */
  get held(): readonly ByteRange[] {
    return this.#held;
  }
}
