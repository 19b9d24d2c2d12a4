import type { Remember, StoredUpload } from "../../core/ports/chunk-store.ts";
import type { ByteRange } from "../../core/ranges.ts";
import { missingRanges } from "../../core/ranges.ts";
import type { BlockContent } from "./block.ts";
import type { Bucket } from "./bucket.ts";
import { crc32Of } from "./checksums.ts";
import { statusOf } from "./failure.ts";
import { type Multiparts, requireToken } from "./multipart.ts";
import { BLOCK_BYTES, type Part, partOf } from "./part-plan.ts";
import { type PieceSource, readPieces } from "./pieces.ts";
import type { CheckedStream } from "./send-stream.ts";
import { covers, type Piece, packState, type S3State, unpackState, withPart } from "./state.ts";

/** Where a part goes. */
export interface PartTarget {
  readonly key: string;
  /** Of the multipart upload. */
  readonly id: string;
}

/** Bytes that are in memory already. */
type InMemory = Pick<BlockContent, "held" | "bytes">;

const nothing: InMemory = { held: [], bytes: () => new Uint8Array() };

/**
 * The bytes of a range of at most `BLOCK_BYTES`, from memory and from pieces for what is not there.
 * Nothing is copied when all of it is in memory.
 */
export async function joined(
  source: PieceSource,
  range: ByteRange,
  memory: InMemory = nothing,
): Promise<Uint8Array> {
  const gaps = missingRanges(memory.held, range);
  if (gaps.length === 0) return memory.bytes(range);
  const whole = Buffer.allocUnsafe(range.end - range.start);
  for (const held of missingRanges(gaps, range))
    whole.set(memory.bytes(held), held.start - range.start);
  for (const gap of gaps) {
    let at = gap.start - range.start;
    for await (const bytes of readPieces(source, gap)) {
      whole.set(bytes, at);
      at += bytes.length;
    }
  }
  return whole;
}

/** Uploads a part from pieces, and returns its ETag. A part that is larger than a block is streamed. */
export async function uploadFromPieces(
  bucket: Bucket,
  source: PieceSource,
  { part, target }: { part: Part; target: PartTarget },
): Promise<string> {
  const isBlock = part.end - part.start <= BLOCK_BYTES;
  const body = isBlock ? await joined(source, part) : await streamed(source, part);
  return bucket.multipart.uploadPart({ ...target, number: part.number }, body);
}

/** The bytes of a range of any length. Reads the pieces twice: the checksum is sent before the bytes. */
async function streamed(source: PieceSource, range: ByteRange): Promise<CheckedStream> {
  const crc32 = await crc32Of(readPieces(source, range));
  return { stream: readPieces(source, range), bytes: range.end - range.start, crc32 };
}

/**
 * The parts that the pieces of `state` cover, with at least one of `own` in each: of parallel writers
 * that fill a part, the one that comes last finds it covered. Not the part that is the whole upload.
 */
export function joinable(state: S3State, own: readonly Piece[], size: number | null): Part[] {
  const parts = new Map<number, Part>();
  for (const { start } of own) {
    const part = partOf(state.plan, start, size);
    const isWhole = part.start === 0 && part.end === size;
    if (!isWhole && covers(state.pieces, part)) parts.set(part.number, part);
  }
  return [...parts.values()];
}

/**
 * Uploads a part from the pieces of `state` and has the record remember it in their place. Returns the
 * newest state, and the pieces that it names no longer.
 */
export async function joinPieces(
  { bucket, multiparts }: { bucket: Bucket; multiparts: Multiparts },
  ask: { upload: StoredUpload; state: S3State; part: Part; remember: Remember },
): Promise<{ state: S3State; pieces: readonly Piece[] }> {
  const { upload, state, part, remember } = ask;
  const key = upload.storageKey;
  const { multipart } = await multiparts.agree(key, state, remember);
  const id = multipart ?? "";
  const source = { bucket, id: upload.id, state };
  const etag = await uploadFromPieces(bucket, source, { part, target: { key, id } });
  let pieces: readonly Piece[] = [];
  const record = await remember((json) => {
    const newest = requireToken(unpackState(json), state.token);
    pieces = [];
    if (newest.multipart !== id || !covers(newest.pieces, part)) return json;
    const after = withPart(newest, part, etag);
    pieces = newest.pieces.filter((piece) => !after.pieces.includes(piece));
    return packState(after);
  });
  return { state: unpackState(record.storeState), pieces };
}

/**
 * Puts a whole upload as its final object, unless one is there. Returns its ETag, or null for an object
 * that an earlier attempt left (412) or another request is creating (409).
 */
export async function putNew(
  bucket: Bucket,
  { key, token }: { key: string; token: string },
  bytes: Uint8Array,
): Promise<string | null> {
  try {
    return await bucket.put(key, bytes, { token, isNew: true });
  } catch (error) {
    const status = statusOf(error);
    if (status === 412 || status === 409) return null;
    throw error;
  }
}
