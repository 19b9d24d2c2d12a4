import superjson from "superjson";
import { receivedRanges, type Upload } from "../core/upload.ts";
import { filePath, rawUploadPath } from "./paths.ts";

/** An upload in the JSON format of drf-chunked-upload. Times are ISO 8601 in UTC. */
export interface DrfUpload {
  readonly id: string;
  /** Absolute URL at the door that responds. */
  readonly url: string;
  /** Absolute download URL; null until complete. */
  readonly file: string | null;
  readonly filename: string;
  /** Length of the gapless prefix that the server holds, in bytes. */
  readonly offset: number;
  readonly created_at: string;
  /** 1: uploading or expired, 2: complete. */
  readonly status: 1 | 2;
  readonly completed_at: string | null;
  /** The owner's id; null for an anonymous upload. */
  readonly user: string | null;
  readonly expires: string;
  /** The result of `onComplete` as plain JSON; null until it is available. */
  readonly data: unknown;
}

/** The JSON of the raw door: the drf format plus fields for parallel senders. Sizes are bytes. */
export interface RawUpload extends DrfUpload {
  /** Null while the length is deferred. */
  readonly size: number | null;
  /** Ranges that the server holds as `[start, end)` pairs: ascending, disjoint, merged. */
  readonly received: readonly (readonly [start: number, end: number])[];
  readonly chunk_size: number;
}

export interface DrfExtras {
  /** Scheme and host of the URLs in the response, without a trailing slash. */
  readonly baseUrl: string;
  /** Path of the upload at the door that responds. */
  readonly path: string;
  /** The value returned by `UploadService.result`. */
  readonly data: unknown;
}

/** Converts an upload to the format of drf-chunked-upload's serializer. */
export function toDrfUpload(upload: Upload, extras: DrfExtras): DrfUpload {
  const complete = upload.state === "complete";
  return {
    id: upload.id,
    url: extras.baseUrl + extras.path,
    file: complete ? extras.baseUrl + filePath(upload.id) : null,
    filename: upload.filename,
    offset: upload.offset,
    created_at: upload.createdAt.toISOString(),
    status: complete ? 2 : 1,
    completed_at: upload.completedAt?.toISOString() ?? null,
    user: upload.ownerId,
    expires: upload.expiresAt.toISOString(),
    data: toPlainJson(extras.data),
  };
}

/** Converts an upload to the format of the raw door. */
export function toRawUpload(upload: Upload, extras: Omit<DrfExtras, "path">): RawUpload {
  return {
    ...toDrfUpload(upload, { ...extras, path: rawUploadPath(upload.id) }),
    size: upload.size,
    received: receivedRanges(upload).map((range) => [range.start, range.end] as const),
    chunk_size: upload.chunkSize,
  };
}

/**
 * The `json` part of superjson's output: dates and bigints become strings, maps and sets become
 * arrays. `JSON.stringify` alone would throw for bigints and circular references.
 */
function toPlainJson(value: unknown): unknown {
  return superjson.serialize(value ?? null).json;
}
