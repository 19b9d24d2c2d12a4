import type { UploadErrorCode } from "../core/errors.ts";

export interface ErrorRow {
  /** HTTP status at the raw door, and `data.httpStatus` at the tRPC door. */
  readonly status: number;
  /** HTTP status at the drf door. */
  readonly drf: number;
  /** HTTP status at the tus door: its clients retry 5xx, 409 and 423 only. */
  readonly tus: number;
  /** Default `Retry-After` in ms, for errors without a `retryAfterMs`. Omitted: no header. */
  readonly retryAfterMs?: number;
}

/**
 * Maps error codes to the status of each door. A code that cannot occur at a door has the status of
 * the raw door there.
 */
export const errorTable = {
  UNAUTHENTICATED: { status: 401, drf: 401, tus: 401 },
  CROSS_ORIGIN: { status: 403, drf: 403, tus: 403 },
  NOT_FOUND: { status: 404, drf: 404, tus: 404 },
  METHOD_NOT_ALLOWED: { status: 405, drf: 405, tus: 405 },
  INVALID_INPUT: { status: 400, drf: 400, tus: 400 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, drf: 415, tus: 415 },
  UNSUPPORTED_VERSION: { status: 412, drf: 412, tus: 412 },
  EXPIRED: { status: 410, drf: 410, tus: 410 },
  ALREADY_COMPLETE: { status: 400, drf: 400, tus: 400 },
  NO_CHUNK: { status: 400, drf: 400, tus: 400 },
  BAD_CONTENT_RANGE: { status: 400, drf: 400, tus: 400 },
  CHUNK_EXCEEDS_TOTAL: { status: 400, drf: 400, tus: 400 },
  SIZE_MISMATCH: { status: 400, drf: 400, tus: 400 },
  TOTAL_MISMATCH: { status: 400, drf: 400, tus: 400 },
  TOO_LARGE: { status: 400, drf: 400, tus: 413 },
  BODY_TOO_LARGE: { status: 413, drf: 413, tus: 413 },
  OFFSET_MISMATCH: { status: 400, drf: 400, tus: 409 },
  CHECKSUM_REQUIRED: { status: 400, drf: 400, tus: 400 },
  CHECKSUM_MISMATCH: { status: 400, drf: 400, tus: 400 },
  CHUNK_CHECKSUM_MISMATCH: { status: 400, drf: 400, tus: 460 },
  INCOMPLETE: { status: 400, drf: 400, tus: 400 },
  NOT_COMPLETE: { status: 409, drf: 409, tus: 409 },
  RANGE_NOT_SATISFIABLE: { status: 416, drf: 416, tus: 416 },
  REJECTED: { status: 400, drf: 400, tus: 400 },
  QUOTA_EXCEEDED: { status: 413, drf: 413, tus: 413 },
  BUSY: { status: 423, drf: 423, tus: 423, retryAfterMs: 1_000 },
  RATE_LIMITED: { status: 429, drf: 429, tus: 503, retryAfterMs: 5_000 },
  STORAGE_FULL: { status: 507, drf: 507, tus: 507 },
  UNAVAILABLE: { status: 503, drf: 503, tus: 503, retryAfterMs: 2_000 },
} as const satisfies Record<UploadErrorCode, ErrorRow>;

/**
 * The value of the `Retry-After` header (RFC 9110, section 10.2.3) in whole seconds, at least 1. Uses
 * the error's `retryAfterMs`, or else the default of its code. Null: no header.
 */
export function retryAfterSeconds(error: {
  readonly code: UploadErrorCode;
  readonly retryAfterMs: number | null;
}): number | null {
  const row: ErrorRow = errorTable[error.code];
  const ms = error.retryAfterMs ?? row.retryAfterMs ?? null;
  return ms === null ? null : Math.max(1, Math.ceil(ms / 1_000));
}
