import { addRange, type ByteRange, missingRanges } from "../../core/ranges.ts";
import { blockOf, type Part } from "./part-plan.ts";
import { covers } from "./state.ts";

const LEAST_BYTES = 64 * 1024;

/** A snapshot of the content of a block. */
export interface BlockContent {
  readonly held: readonly ByteRange[];
  /** Ranges that no earlier snapshot contained. */
  readonly unsaved: readonly ByteRange[];
  /** The bytes of a held range, without copying. */
  bytes(range: ByteRange): Uint8Array;
}

/** The bytes of one block of a part. Its buffer grows with the bytes that are written. */
export class Block {
  readonly part: Part;
  readonly range: ByteRange;
  #base = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #held: ByteRange[] = [];
  #saved: ByteRange[] = [];

  constructor(part: Part, position: number) {
    this.part = part;
    this.range = blockOf(part, position);
  }

  get isFull(): boolean {
    return covers(this.#held, this.range);
  }

  put(position: number, bytes: Uint8Array): void {
    this.#reserve(position, position + bytes.length);
    this.#buffer.set(bytes, position - this.#base);
    this.#held = addRange(this.#held, { start: position, end: position + bytes.length });
  }

  /** A snapshot of the content. The bytes stay in memory, because the block may become full. */
  takeContent(): BlockContent {
    const held = this.#held;
    const unsaved = held.flatMap((range) => missingRanges(this.#saved, range));
    this.#saved = held;
    const bytes = ({ start, end }: ByteRange) =>
      this.#buffer.subarray(start - this.#base, end - this.#base);
    return { held, unsaved, bytes };
  }

  #reserve(from: number, to: number): void {
    const isEmpty = this.#buffer.length === 0;
    const end = this.#base + this.#buffer.length;
    if (!isEmpty && from >= this.#base && to <= end) return;
    const low = isEmpty ? from : Math.min(this.#base, from);
    const base =
      isEmpty || low === this.#base ? low : Math.max(this.range.start, low - LEAST_BYTES);
    const needed = Math.max(end, to) - base;
    const length = Math.max(needed, 2 * this.#buffer.length, LEAST_BYTES);
    const larger = Buffer.allocUnsafe(Math.min(length, this.range.end - base));
    if (!isEmpty) this.#buffer.copy(larger, this.#base - base);
    this.#base = base;
    this.#buffer = larger;
  }
}
