import { BytesLost } from "../../core/ports/bytes-lost.ts";
import type { Logger } from "../../core/ports/system.ts";
import { type ByteRange, overlaps } from "../../core/ranges.ts";
import type { Bucket } from "./bucket.ts";
import { isMissing, unavailable } from "./failure.ts";
import { pieceKey } from "./keys.ts";
import { readObject } from "./read-object.ts";
import { type Piece, packState, type S3State, unpackState, withoutPiece } from "./state.ts";

/** The pieces of one upload's state. */
export interface PieceSource {
  readonly bucket: Bucket;
  readonly id: string;
  readonly state: Pick<S3State, "token" | "pieces">;
}

/**
 * The bytes of a range that the pieces cover, each read once. Throws BytesLost when a piece is not
 * there, UNAVAILABLE when they do not cover the range.
 */
export async function* readPieces(
  { bucket, id, state }: PieceSource,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  let at = range.start;
  for (const piece of state.pieces) {
    if (at >= range.end) return;
    if (!overlaps(piece, { start: at, end: range.end })) continue;
    if (piece.start > at) break;
    const to = Math.min(piece.end, range.end);
    const within = { start: at - piece.start, end: to - piece.start };
    try {
      yield* readObject(bucket, pieceKey({ id, token: state.token }, piece), within);
    } catch (error) {
      throw isMissing(error) ? pieceLost(piece, error) : error;
    }
    at = to;
  }
  if (at < range.end) throw unavailable(`no piece holds the byte ${at} of ${id}`);
}

function pieceLost(piece: Piece, cause: unknown): BytesLost {
  const merge = (json: Parameters<typeof unpackState>[0]) => {
    const state = unpackState(json);
    const isNamed = state.pieces.some(({ name }) => name === piece.name);
    return isNamed ? packState(withoutPiece(state, piece.name)) : null;
  };
  return new BytesLost({ ranges: [{ start: piece.start, end: piece.end }], merge }, cause);
}

/** Removes pieces that no record needs. Does not throw: the search for orphans removes what is left. */
export async function freePieces(
  { bucket, log }: { bucket: Bucket; log: Pick<Logger, "warn"> },
  at: { id: string; token: string },
  pieces: readonly Piece[],
): Promise<void> {
  if (pieces.length === 0) return;
  try {
    await bucket.deleteAll(pieces.map((piece) => pieceKey(at, piece)));
  } catch (err) {
    const facts = { err, uploadId: at.id, pieces: pieces.length };
    log.warn(facts, "could not remove pieces that are not needed any longer");
  }
}
