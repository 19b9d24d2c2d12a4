import type { UploadChanges } from "../../core/ports/uploads.ts";
import { type ByteRange, totalLength } from "../../core/ranges.ts";
import type {
  CompletionState,
  Upload,
  UploadConcat,
  UploadOrigin,
  UploadState,
} from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";
import { foldFilename } from "./filename-search.ts";
import { fromJsonColumn, toJsonColumn } from "./json-column.ts";

/** A row as it is read: what only claims and sums need stays in the database. */
export type UploadRow = Prisma.ChunkedUploadGetPayload<{ omit: typeof notRead }>;

/** Columns that no `Upload` has. */
export const notRead = {
  filenameFolded: true,
  searchText: true,
  heldBytes: true,
  lastEpoch: true,
} as const;

/** An upload from its row. Sizes are at most 2^53 - 1 by the core's rules: numbers hold them. */
export function toUpload(row: UploadRow): Upload {
  return {
    ...row,
    origin: row.origin as UploadOrigin,
    state: row.state as UploadState,
    completion: row.completion as CompletionState | null,
    concat: row.concat as UploadConcat | null,
    parts: row.parts === null ? null : row.parts.split(" "),
    metadata: fromJsonColumn(row.metadata) as Upload["metadata"],
    storeState: fromJsonColumn(row.storeState),
    beyond: (row.beyond as [number, number][]).map(([start, end]) => ({ start, end })),
    size: toNumber(row.size),
    maxBytes: toNumber(row.maxBytes),
    chunkSize: Number(row.chunkSize),
    offset: Number(row.offset),
    digestOffset: Number(row.digestOffset),
  };
}

/** The row of a new upload. */
export function toRow(upload: Upload): Prisma.ChunkedUploadUncheckedCreateInput {
  const { id, ownerId, origin, profile, version, createdAt, updatedAt, ...rest } = upload;
  const changes = toRowChanges(upload, rest) as Prisma.ChunkedUploadUncheckedCreateInput;
  return { ...changes, id, ownerId, origin, profile, version, createdAt, updatedAt };
}

/** The columns that `changes` sets in `upload`'s row. */
export function toRowChanges(
  upload: Upload,
  changes: UploadChanges,
): Prisma.ChunkedUploadUncheckedUpdateManyInput {
  const { metadata, storeState, beyond, size, maxBytes, parts, ...rest } = changes;
  const { chunkSize, offset, digestOffset, digestState, ...same } = rest;
  const held = offset !== undefined || beyond !== undefined;
  return {
    ...same,
    ...foldedNames(upload, changes),
    ...(metadata !== undefined && { metadata: toJsonColumn(metadata) }),
    ...(storeState !== undefined && { storeState: toJsonColumn(storeState) }),
    ...(beyond !== undefined && { beyond: beyond.map(({ start, end }) => [start, end]) }),
    ...(parts !== undefined && { parts: joinIds(parts) }),
    ...(size !== undefined && { size: toBigInt(size) }),
    ...(maxBytes !== undefined && { maxBytes: toBigInt(maxBytes) }),
    ...(chunkSize !== undefined && { chunkSize: BigInt(chunkSize) }),
    ...(offset !== undefined && { offset: BigInt(offset) }),
    ...(digestOffset !== undefined && { digestOffset: BigInt(digestOffset) }),
    ...(digestState !== undefined && { digestState: toBytes(digestState) }),
    ...(held && { heldBytes: heldBytes(offset ?? upload.offset, beyond ?? upload.beyond) }),
  };
}

/** Search looks at the relative path, which ends with the filename, or at the filename alone. */
function foldedNames(upload: Upload, changes: UploadChanges) {
  if (changes.filename === undefined && changes.path === undefined) return {};
  const { filename, path } = { ...upload, ...changes };
  return { filenameFolded: foldFilename(filename), searchText: foldFilename(path ?? filename) };
}

function heldBytes(offset: number, beyond: readonly ByteRange[]): bigint {
  return BigInt(offset) + BigInt(totalLength(beyond));
}

function joinIds(ids: readonly string[] | null): string | null {
  return ids === null ? null : ids.join(" ");
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

function toBigInt(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

/** Prisma's type requires bytes with an ArrayBuffer of their own; a view of a larger one is copied. */
function toBytes(state: Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return state === null ? null : new Uint8Array(state);
}
