import { UploadError } from "../../core/errors.ts";
import { addRange, type ByteRange, highestHeld, missingRanges } from "../../core/ranges.ts";
import type { JsonValue } from "../../core/upload.ts";
import { type DirectAlgorithm, type PackedSums, packSums, unpackSums } from "./checksums.ts";
import { type Etags, type PackedEtags, packEtags, unpackEtags } from "./etags.ts";
import { type Part, type PartPlan, partNumbered } from "./part-plan.ts";

/** A small object that holds the bytes of `start` to `end`; `name` makes its key unique. */
export interface Piece extends ByteRange {
  readonly name: string;
}

/** What the record of an upload remembers of its objects. Immutable. */
export interface S3State {
  /** Random, new for each start from nothing: part of the keys of pieces, and metadata of the object. */
  readonly token: string;
  readonly plan: PartPlan;
  /** The id of the multipart upload; null while there is none. */
  readonly multipart: string | null;
  readonly parts: Etags;
  /** Ascending by start. */
  readonly pieces: readonly Piece[];
  /** The ETag of the object that holds the whole upload, where no multipart upload was needed. */
  readonly whole: string | null;
  /** Of a direct upload: the checksums of the parts; null for one whose bytes this server sends. */
  readonly direct: DirectState | null;
}

export interface DirectState {
  readonly algorithm: DirectAlgorithm;
  /** By number, in base64 as the service has them: of each part that a request was signed for. */
  readonly sums: ReadonlyMap<number, string>;
}

/** The change of the state after a request to the bucket. */
export type Change = (state: S3State) => S3State;

/** The changes of one flush. */
export interface Changes {
  readonly made: readonly Change[];
  readonly pieces: readonly Piece[];
}

export function freshState(
  token: string,
  plan: PartPlan,
  algorithm: DirectAlgorithm | null = null,
): S3State {
  const direct = algorithm === null ? null : { algorithm, sums: new Map() };
  return { token, plan, multipart: null, parts: new Map(), pieces: [], whole: null, direct };
}

/**
 * The token of an object that a writer made of a whole body. The record tells by the ETag whether it
 * counts: one whose writer was overtaken has the right size and perhaps other bytes.
 */
export function bodyToken(token: string): string {
  return `${token}-body`;
}

/** The form in which the record keeps the state. */
export function packState(state: S3State): JsonValue {
  const { token, plan, multipart, parts, pieces, whole, direct } = state;
  return {
    v: 1,
    token,
    plan: [plan.bytes, plan.growsEvery],
    multipart,
    parts: packEtags(parts),
    pieces: pieces.map(({ start, end, name }) => [start, end, name]),
    whole,
    ...(direct === null ? {} : { direct: [direct.algorithm, packSums(direct.sums)] }),
  };
}

interface PackedState {
  readonly v: 1;
  readonly token: string;
  readonly plan: readonly [number, number | null];
  readonly multipart: string | null;
  readonly parts: PackedEtags;
  readonly pieces: readonly (readonly [number, number, string])[];
  readonly whole: string | null;
  readonly direct?: readonly [DirectAlgorithm, PackedSums];
}

/** Throws UNAVAILABLE for a state of another store, or of a version of the code that is not known. */
export function unpackState(packed: JsonValue): S3State {
  if (!isPackedState(packed)) {
    throw new UploadError("UNAVAILABLE", {
      message: "The bytes of this upload are not in the configured bucket.",
      cause: new Error("the record's storeState is not of the S3 store"),
    });
  }
  const { token, plan, multipart, parts, pieces, whole, direct } = packed;
  return {
    token,
    plan: { bytes: plan[0], growsEvery: plan[1] },
    multipart,
    parts: unpackEtags(parts),
    pieces: pieces.map(([start, end, name]) => ({ start, end, name })),
    whole,
    direct: direct === undefined ? null : { algorithm: direct[0], sums: unpackSums(direct[1]) },
  };
}

function isPackedState(value: unknown): value is PackedState {
  return typeof value === "object" && value !== null && "v" in value && value.v === 1;
}

/** `state` with part `number`, in place of the pieces that lie inside it. */
export function withPart(state: S3State, part: Part, etag: string): S3State {
  const parts = new Map(state.parts).set(part.number, etag);
  return { ...state, parts, pieces: state.pieces.filter((piece) => !isInside(piece, part)) };
}

export function withPiece(state: S3State, piece: Piece): S3State {
  const pieces = [...state.pieces, piece].sort((a, b) => a.start - b.start || a.end - b.end);
  return { ...state, pieces };
}

/** `state` with the whole upload in one object. */
export function withWhole(state: S3State, etag: string): S3State {
  return { ...state, whole: etag, pieces: [] };
}

/** Nothing of `state`'s parts is left: the multipart upload is gone. */
export function withoutMultipart(state: S3State): S3State {
  return { ...state, multipart: null, parts: new Map() };
}

export function withoutPart(state: S3State, number: number): S3State {
  const parts = new Map(state.parts);
  parts.delete(number);
  return { ...state, parts };
}

export function withoutPiece(state: S3State, name: string): S3State {
  return { ...state, pieces: state.pieces.filter((piece) => piece.name !== name) };
}

/** Whether `pieces` and `ranges` together cover all of `wanted`. */
export function covers(held: readonly ByteRange[], wanted: ByteRange): boolean {
  return missingRanges(held.reduce<ByteRange[]>(addRange, []), wanted).length === 0;
}

/** The range of a recorded part, which ends with the upload at the latest. */
export function rangeOfPart({ plan }: S3State, number: number, size: number): Part {
  const part = partNumbered(plan, number);
  return { ...part, end: Math.min(part.end, size) };
}

/** The end of the last byte that the state names. Bytes. */
export function endOf(state: S3State, size: number | null): number {
  if (state.whole !== null) return size ?? 0;
  const last = Math.max(0, ...state.parts.keys());
  const parts = last === 0 ? 0 : rangeOfPart(state, last, size ?? Number.MAX_SAFE_INTEGER).end;
  return Math.max(parts, highestHeld(state.pieces.reduce<ByteRange[]>(addRange, [])));
}

function isInside(inner: ByteRange, outer: ByteRange): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
