import { createHash } from "node:crypto";

/** Chances that can be repeated: the same seed gives the same run. */
export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  shuffle<T>(items: readonly T[]): T[];
}

/** Mulberry32: small, fast and good enough for choosing moments and orders. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    int,
    shuffle(items) {
      const shuffled = [...items];
      for (let at = shuffled.length - 1; at > 0; at -= 1) {
        const other = int(0, at);
        const moved = shuffled[at];
        const swapped = shuffled[other];
        if (moved === undefined || swapped === undefined) continue;
        shuffled[at] = swapped;
        shuffled[other] = moved;
      }
      return shuffled;
    },
  };
}

/** The seed of this run: `TEST_SEED`, else one that is shown when a test fails with it. */
export function runSeed(): number {
  return process.env.TEST_SEED ? Number(process.env.TEST_SEED) : Date.now() % 2 ** 32;
}

/** A file that nobody has to keep: its bytes follow from its seed and their position. */
export interface RandomFile {
  readonly size: number;
  readonly name: string;
  /** The bytes `[start, end)`. */
  slice(start: number, end: number): Buffer;
  /** `[start, end)` in pieces of at most `step` bytes. */
  pieces(start: number, end: number, step?: number): Generator<Buffer>;
  /** Hex. */
  digest(algorithm?: string, end?: number): string;
}

/** A prime, so that no chunk size divides it: bytes that land a chunk away are other bytes. */
const POOL_BYTES = 1_048_573;
/** Every so many bytes carry their own position: bytes that land anywhere else are wrong bytes. */
const STAMP_EVERY = 4_096;
const STAMP_BYTES = 8;

export function randomFile(size: number, seed = 1): RandomFile {
  const pool = randomPool(seed);

  function slice(start: number, end: number): Buffer {
    const length = Math.max(0, Math.min(end, size) - start);
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const from = (start + at) % POOL_BYTES;
      at += pool.copy(bytes, at, from, Math.min(POOL_BYTES, from + length - at));
    }
    stamp(bytes, start);
    return bytes;
  }

  function* pieces(start: number, end: number, step = 256 * 1024): Generator<Buffer> {
    for (let at = start; at < end; at += step) yield slice(at, Math.min(end, at + step));
  }

  return {
    size,
    name: `random-${seed}-${size}.bin`,
    slice,
    pieces,
    digest(algorithm = "md5", end = size) {
      const hash = createHash(algorithm);
      for (const piece of pieces(0, end, 2 ** 20)) hash.update(piece);
      return hash.digest("hex");
    },
  };
}

function randomPool(seed: number): Buffer {
  const { next } = chance(seed);
  const words = Uint32Array.from({ length: Math.ceil(POOL_BYTES / 4) }, () => next() * 2 ** 32);
  return Buffer.from(words.buffer, 0, POOL_BYTES);
}

function stamp(bytes: Buffer, start: number): void {
  const first = Math.floor(start / STAMP_EVERY) * STAMP_EVERY;
  const mark = Buffer.alloc(STAMP_BYTES);
  for (let at = first; at < start + bytes.length; at += STAMP_EVERY) {
    mark.writeBigUInt64LE(BigInt(at));
    const from = Math.max(0, start - at);
    mark.copy(bytes, Math.max(0, at - start), Math.min(from, STAMP_BYTES));
  }
}
