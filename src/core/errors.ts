/**
 * All error codes, with their default messages. The messages of drf-chunked-upload's rules are its own, because
 * its clients show them. The module has no side effects, so that bundles that need only its types exclude it.
 */
const messages = {
  UNAUTHENTICATED: "Authentication credentials were not provided.",
  CROSS_ORIGIN: "This request comes from another site and was refused.",
  NOT_FOUND: "Not found.",
  METHOD_NOT_ALLOWED: "Method not allowed.",
  INVALID_INPUT: "The request is malformed.",
  UNSUPPORTED_MEDIA_TYPE: "Unsupported media type in request.",
  UNSUPPORTED_VERSION: "This version of the protocol is not supported.",
  EXPIRED: "Upload has expired",
  ALREADY_COMPLETE: 'Upload has already been marked as "complete"',
  NO_CHUNK: "No chunk file was submitted",
  BAD_CONTENT_RANGE: "Error in request headers",
  CHUNK_EXCEEDS_TOTAL: "End of chunk exceeds reported total",
  SIZE_MISMATCH: "File size doesn't match headers",
  TOTAL_MISMATCH: "Total size does not match",
  TOO_LARGE: "Size of file exceeds the limit",
  BODY_TOO_LARGE: "The request body is too large.",
  OFFSET_MISMATCH: "Offsets do not match",
  CHECKSUM_REQUIRED: "A checksum is required",
  CHECKSUM_MISMATCH: "checksum does not match",
  CHUNK_CHECKSUM_MISMATCH: "The chunk does not match its digest",
  INCOMPLETE: "Upload is incomplete",
  NOT_COMPLETE: "Upload is not complete yet",
  RANGE_NOT_SATISFIABLE: "The requested range is outside the file.",
  REJECTED: "The upload was refused.",
  QUOTA_EXCEEDED: "The upload does not fit into your quota.",
  BUSY: "The upload is busy; try again.",
  RATE_LIMITED: "Too many requests; try again later.",
  STORAGE_FULL: "There is no space left to store the upload.",
  UNAVAILABLE: "The service is temporarily unavailable; try again.",
} as const;

export type UploadErrorCode = keyof typeof messages;

export const uploadErrorCodes = /* @__PURE__ */ Object.keys(messages) as UploadErrorCode[];

export interface UploadErrorOptions {
  /** The message for people; default: the message of the code. */
  message?: string;
  /** Machine-readable details, returned with the code by every door (JSON values only). */
  details?: Record<string, unknown>;
  /** Time to wait before a retry, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

const brand = /* @__PURE__ */ Symbol.for("trpc-chunked-upload.error");

/** The error of all layers; doors render it by its `code`. */
export class UploadError extends Error {
  readonly code: UploadErrorCode;
  readonly details: Record<string, unknown>;
  readonly retryAfterMs: number | null;
  declare readonly [brand]: true;

  constructor(code: UploadErrorCode, options: UploadErrorOptions = {}) {
    super(options.message ?? messages[code], { cause: options.cause });
    this.name = "UploadError";
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterMs = options.retryAfterMs ?? null;
    this[brand] = true;
  }
}

/**
 * Whether a value is an `UploadError`, by its brand. Next loads several copies of a module into one process, so
 * that `instanceof` would miss errors of another copy.
 */
export function isUploadError(value: unknown): value is UploadError {
  return typeof value === "object" && value !== null && brand in value;
}
