import superjson from "superjson";
import { receivedRanges, type Upload } from "../core/upload.ts";
import { filePath, rawUploadPath } from "./paths.ts";

/** An upload as drf-chunked-upload's clients know it. Times are ISO 8601 in UTC. */
export interface DrfUpload {
  readonly id: string;
  /** Absolute, at the door that answers. */
  readonly url: string;
  /** Absolute download URL; null until complete. */
  readonly file: string | null;
  readonly filename: string;
  /** The length of the unbroken prefix held, in bytes. */
  readonly offset: number;
  readonly created_at: string;
  /** 1 uploading (expired or not), 2 complete. */
  readonly status: 1 | 2;
  readonly completed_at: string | null;
  /** The owner's id; null for an upload begun anonymously. */
  readonly user: string | null;
  readonly expires: string;
  /** What `onComplete` returned, as plain JSON; null before. */
  readonly data: unknown;
}

/** The raw door's answer: the drf shape, and what parallel senders need beside it. Bytes. */
export interface RawUpload extends DrfUpload {
  /** Null while the length is deferred. */
  readonly size: number | null;
  /** `[start, end)` pairs held, ascending, disjoint, merged. */
  readonly received: readonly (readonly [start: number, end: number])[];
  readonly chunk_size: number;
}

export interface DrfExtras {
  /** Scheme and host of the URLs in the answer, without a trailing slash. */
  readonly baseUrl: string;
  /** The path of the upload at the door that answers. */
  readonly path: string;
  /** As `UploadService.result` gives it. */
  readonly data: unknown;
}

/** The upload as drf-chunked-upload's serializer shows it. */
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

/** The upload as the raw door shows it. */
export function toRawUpload(upload: Upload, extras: Omit<DrfExtras, "path">): RawUpload {
  return {
    ...toDrfUpload(upload, { ...extras, path: rawUploadPath(upload.id) }),
    size: upload.size,
    received: receivedRanges(upload).map((range) => [range.start, range.end] as const),
    chunk_size: upload.chunkSize,
  };
}

/**
 * What superjson writes of `value` without its notes: dates and bigints become strings, maps and
 * sets arrays. `JSON.stringify` alone would throw on a bigint or a circle.
 */
function toPlainJson(value: unknown): unknown {
  return superjson.serialize(value ?? null).json;
}
