import { UploadError } from "../../../src/core/errors.ts";
import { BytesLost } from "../../../src/core/ports/bytes-lost.ts";
import { addRange, type ByteRange, missingRanges, overlaps } from "../../../src/core/ranges.ts";
import type { JsonValue } from "../../../src/core/upload.ts";

/** Bytes of an upload in the bucket: a part of the multipart upload, or a small object of its own. */
export interface Piece extends ByteRange {
  readonly tag: string;
  readonly isSmall: boolean;
}

/** What the record remembers for the store. */
export interface BucketState {
  /** The multipart upload; null before the first writer. */
  readonly multipart: string | null;
  readonly pieces: readonly Piece[];
}

export const freshState: BucketState = { multipart: null, pieces: [] };

export function readState(state: JsonValue): BucketState {
  return state as unknown as BucketState;
}

export function toJson(state: BucketState): JsonValue {
  return state as unknown as JsonValue;
}

/** UNAVAILABLE when another multipart upload took the place of the one that the pieces were written to. */
function requireSame(state: BucketState, multipart: string): void {
  if (state.multipart === multipart) return;
  throw new UploadError("UNAVAILABLE", { message: "The multipart upload was replaced." });
}

/** The state with pieces that `multipart` got; they replace what they overlap. */
export function withPieces(
  state: BucketState,
  multipart: string,
  added: readonly Piece[],
): BucketState {
  requireSame(state, multipart);
  const kept = state.pieces.filter((piece) => !added.some((other) => overlaps(piece, other)));
  return { ...state, pieces: [...kept, ...added].sort((a, b) => a.start - b.start) };
}

/** The state with `whole` in the place of `replaced`; null when these are not all there any longer. */
export function withWhole(
  state: BucketState,
  replaced: readonly Piece[],
  whole: Piece,
): BucketState | null {
  const tags = new Set(replaced.map(({ tag }) => tag));
  const pieces = state.pieces.filter(({ tag }) => !tags.has(tag));
  if (pieces.length + tags.size !== state.pieces.length) return null;
  return { ...state, pieces: [...pieces, whole].sort((a, b) => a.start - b.start) };
}

/** The gaps that the pieces leave in the first `size` bytes. */
export function gapsOf({ pieces }: BucketState, size: number): ByteRange[] {
  const held = pieces.reduce<ByteRange[]>(addRange, []);
  return missingRanges(held, { start: 0, end: size });
}

/** The bucket does not have the pieces called `tags`. */
export function partsLost(
  state: BucketState,
  multipart: string,
  tags: readonly string[],
): BytesLost {
  const lost = new Set(tags);
  return new BytesLost({
    ranges: state.pieces.filter(({ tag }) => lost.has(tag)),
    merge: (value) => {
      const newest = readState(value);
      const pieces = newest.pieces.filter(({ tag }) => !lost.has(tag));
      const isNamed = pieces.length < newest.pieces.length && newest.multipart === multipart;
      return isNamed ? toJson({ ...newest, pieces }) : null;
    },
  });
}
