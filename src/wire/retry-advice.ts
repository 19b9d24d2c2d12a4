import type { UploadErrorCode } from "../core/errors.ts";

/**
 * Whether a client should repeat a failed request. `yes`: after a short delay. `later`: only after a
 * change on the server, such as freed disk space or a completion. The other values name what the
 * client must do first.
 */
export type RetryAdvice =
  | "no"
  | "yes"
  | "later"
  | "after-sign-in"
  | "from-offset"
  | "after-missing";

/** The advice for each code. Separate from the error table, which is not bundled for browsers. */
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
