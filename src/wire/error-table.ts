import type { UploadErrorCode } from "../core/errors.ts";

/**
 * What a caller may do about an error: `yes` the same request again, a little later; `later` again,
 * but only after something outside changed (space, completion); the others name what comes first.
 */
export type RetryAdvice =
  | "no"
  | "yes"
  | "later"
  | "after-sign-in"
  | "from-offset"
  | "after-missing";

export interface ErrorRow {
  /** HTTP status at the raw door, and `data.httpStatus` at the tRPC door. */
  readonly status: number;
  /** HTTP status at drf-chunked-upload's own wire. */
  readonly drf: number;
  /** HTTP status at the tus door: its clients retry 5xx, 409 and 423 only. */
  readonly tus: number;
  readonly retry: RetryAdvice;
  /** The `Retry-After` that goes with the code when nobody knows better, in ms; left out for none. */
  readonly retryAfterMs?: number;
}

/**
 * The one table from an error's code to every door's answer. Where the wire contract has no cell,
 * because the door cannot meet the code, the row's usual status stands.
 */
export const errorTable = {
  UNAUTHENTICATED: { status: 401, drf: 401, tus: 401, retry: "after-sign-in" },
  CROSS_ORIGIN: { status: 403, drf: 403, tus: 403, retry: "no" },
  NOT_FOUND: { status: 404, drf: 404, tus: 404, retry: "no" },
  METHOD_NOT_ALLOWED: { status: 405, drf: 405, tus: 405, retry: "no" },
  INVALID_INPUT: { status: 400, drf: 400, tus: 400, retry: "no" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, drf: 415, tus: 415, retry: "no" },
  UNSUPPORTED_VERSION: { status: 412, drf: 412, tus: 412, retry: "no" },
  EXPIRED: { status: 410, drf: 410, tus: 410, retry: "no" },
  ALREADY_COMPLETE: { status: 400, drf: 400, tus: 400, retry: "no" },
  NO_CHUNK: { status: 400, drf: 400, tus: 400, retry: "no" },
  BAD_CONTENT_RANGE: { status: 400, drf: 400, tus: 400, retry: "no" },
  CHUNK_EXCEEDS_TOTAL: { status: 400, drf: 400, tus: 400, retry: "no" },
  SIZE_MISMATCH: { status: 400, drf: 400, tus: 400, retry: "no" },
  TOTAL_MISMATCH: { status: 400, drf: 400, tus: 400, retry: "no" },
  TOO_LARGE: { status: 400, drf: 400, tus: 413, retry: "no" },
  BODY_TOO_LARGE: { status: 413, drf: 413, tus: 413, retry: "no" },
  OFFSET_MISMATCH: { status: 400, drf: 400, tus: 409, retry: "from-offset" },
  CHECKSUM_REQUIRED: { status: 400, drf: 400, tus: 400, retry: "no" },
  CHECKSUM_MISMATCH: { status: 400, drf: 400, tus: 400, retry: "no" },
  CHUNK_CHECKSUM_MISMATCH: { status: 400, drf: 400, tus: 460, retry: "yes" },
  INCOMPLETE: { status: 400, drf: 400, tus: 400, retry: "after-missing" },
  NOT_COMPLETE: { status: 409, drf: 409, tus: 409, retry: "later" },
  RANGE_NOT_SATISFIABLE: { status: 416, drf: 416, tus: 416, retry: "no" },
  REJECTED: { status: 400, drf: 400, tus: 400, retry: "no" },
  QUOTA_EXCEEDED: { status: 413, drf: 413, tus: 413, retry: "no" },
  BUSY: { status: 423, drf: 423, tus: 423, retry: "yes", retryAfterMs: 1_000 },
  RATE_LIMITED: { status: 429, drf: 429, tus: 503, retry: "yes", retryAfterMs: 5_000 },
  STORAGE_FULL: { status: 507, drf: 507, tus: 507, retry: "later" },
  UNAVAILABLE: { status: 503, drf: 503, tus: 503, retry: "yes", retryAfterMs: 2_000 },
} as const satisfies Record<UploadErrorCode, ErrorRow>;

/** Whether the same request may succeed a little later without anybody doing anything. */
export function isRetryable(code: UploadErrorCode): boolean {
  return errorTable[code].retry === "yes";
}

/**
 * The whole seconds of a `Retry-After` header (RFC 9110, section 10.2.3), at least 1: the error's
 * own `retryAfterMs`, else the table's; null when the answer has no such header.
 */
export function retryAfterSeconds(error: {
  readonly code: UploadErrorCode;
  readonly retryAfterMs: number | null;
}): number | null {
  const row: ErrorRow = errorTable[error.code];
  const ms = error.retryAfterMs ?? row.retryAfterMs ?? null;
  return ms === null ? null : Math.max(1, Math.ceil(ms / 1_000));
}
