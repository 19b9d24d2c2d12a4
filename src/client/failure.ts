import { isUploadError, type UploadErrorCode, uploadErrorCodes } from "../core/errors.ts";
import { isRetryable as isRetryableCode } from "../wire/error-table.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The server's codes, and those of things that happen on this side of the line. */
export type FailureCode =
  | UploadErrorCode
  /** No answer came: the line was cut, or the server is away. */
  | "NETWORK"
  /** The file cannot be read any more: moved, changed or removed since it was chosen. */
  | "FILE_UNREADABLE"
  /** The caller ended it. */
  | "ABORTED"
  /** Something that should not happen; `cause` tells. */
  | "UNEXPECTED";

export interface FailureFacts {
  message?: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  retryAfterMs?: number | null | undefined;
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** Everything that can go wrong with an upload, told by its `code`. */
export class UploadFailure extends Error {
  readonly code: FailureCode;
  readonly retryAfterMs: number | null;
  readonly details: Record<string, unknown>;

  constructor(code: FailureCode, facts: FailureFacts = {}) {
    super(facts.message ?? code, { cause: facts.cause });
    this.name = "UploadFailure";
    this.code = code;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.details = facts.details ?? {};
  }
}

/** Whether the same request may succeed a little later without anybody doing anything. */
export function isRetryable(code: FailureCode): boolean {
  return code === "NETWORK" || (isCode(code) && isRetryableCode(code));
}

/** A code for an answer that carries none: something between us and the server spoke. */
export function codeOfStatus(status: number): FailureCode {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 404) return "NOT_FOUND";
  if (status === 410) return "EXPIRED";
  if (status === 413) return "BODY_TOO_LARGE";
  if (status === 423) return "BUSY";
  if (status === 429) return "RATE_LIMITED";
  if (status === 507) return "STORAGE_FULL";
  return status === 408 || status >= 500 ? "UNAVAILABLE" : "INVALID_INPUT";
}

/** The failure in whatever was thrown: one of ours, a tRPC client's error, or something unexpected. */
export function readFailure(thrown: unknown): UploadFailure {
  if (thrown instanceof UploadFailure) return thrown;
  if (isUploadError(thrown)) return new UploadFailure(thrown.code, thrown);
  if (!(thrown instanceof Error)) return new UploadFailure("UNEXPECTED", { cause: thrown });
  if (thrown.name === "AbortError") return new UploadFailure("ABORTED", { cause: thrown });
  if (thrown.name === "TRPCClientError") return readControlError(thrown);
  return new UploadFailure("UNEXPECTED", { message: thrown.message, cause: thrown });
}

/** tRPC carries our code as `data.upload` (wire contract, Errors); without `data` no server answered. */
function readControlError(error: Error): UploadFailure {
  const data = recordIn(error, "data");
  if (data === null) {
    const aborted = error.cause instanceof Error && error.cause.name === "AbortError";
    return new UploadFailure(aborted ? "ABORTED" : "NETWORK", { cause: error });
  }
  const { code, ...details } = recordIn(data, "upload") ?? {};
  const status = typeof data.httpStatus === "number" ? data.httpStatus : 500;
  return new UploadFailure(isCode(code) ? code : codeOfStatus(status), {
    message: error.message,
    details,
    retryAfterMs: retryAfterOf(error),
    cause: error,
  });
}

/** tRPC's client keeps the answer, and with it the header, in `meta`. */
function retryAfterOf(error: Error): number | null {
  const response: unknown = recordIn(error, "meta")?.response;
  return response instanceof Response ? retryAfterMs(response.headers.get("retry-after")) : null;
}

function recordIn(holder: object, key: string): Record<string, unknown> | null {
  const value: unknown = Reflect.get(holder, key);
  return typeof value === "object" && value !== null ? { ...value } : null;
}

/** Whether `value` is one of the server's codes. */
export function isCode(value: unknown): value is UploadErrorCode {
  return typeof value === "string" && uploadErrorCodes.some((code) => code === value);
}
