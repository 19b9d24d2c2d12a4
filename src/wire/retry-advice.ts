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

/** The advice for each code; apart from the doors' statuses, which a browser need not fetch. */
export const retryAdvice = {
  UNAUTHENTICATED: "after-sign-in",
  CROSS_ORIGIN: "no",
  NOT_FOUND: "no",
  METHOD_NOT_ALLOWED: "no",
  INVALID_INPUT: "no",
  UNSUPPORTED_MEDIA_TYPE: "no",
  UNSUPPORTED_VERSION: "no",
  EXPIRED: "no",
  ALREADY_COMPLETE: "no",
  NO_CHUNK: "no",
  BAD_CONTENT_RANGE: "no",
  CHUNK_EXCEEDS_TOTAL: "no",
  SIZE_MISMATCH: "no",
  TOTAL_MISMATCH: "no",
  TOO_LARGE: "no",
  BODY_TOO_LARGE: "no",
  OFFSET_MISMATCH: "from-offset",
  CHECKSUM_REQUIRED: "no",
  CHECKSUM_MISMATCH: "no",
  CHUNK_CHECKSUM_MISMATCH: "yes",
  INCOMPLETE: "after-missing",
  NOT_COMPLETE: "later",
  RANGE_NOT_SATISFIABLE: "no",
  REJECTED: "no",
  QUOTA_EXCEEDED: "no",
  BUSY: "yes",
  RATE_LIMITED: "yes",
  STORAGE_FULL: "later",
  UNAVAILABLE: "yes",
} as const satisfies Record<UploadErrorCode, RetryAdvice>;
