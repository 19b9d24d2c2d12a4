import type { UploadErrorCode } from "../core/errors.ts";
import { type RetryAdvice, retryAdvice } from "../wire/retry-advice.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The client's own codes, and whether a retry may succeed. */
const ownCodes = {
  /** The server did not respond: the connection failed, or the server is not running. */
  NETWORK: "yes",
  /** The application's `token` function failed; `cause` is its error. */
  TOKEN_FAILED: "yes",
  /** The file cannot be read: it was moved, changed or removed since it was chosen. */
  FILE_UNREADABLE: "no",
  /** The server lacks bytes of a stream that the client no longer has: a stream is read once. */
  NOT_REPEATABLE: "no",
  /** The upload to continue contains the bytes of another file. */
  DIFFERENT_FILE: "no",
  /** The server uses a digest algorithm that this client does not know. */
  UNKNOWN_ALGORITHM: "no",
  /** All bytes are stored and verified, but the profile's `onComplete` keeps failing. */
  COMPLETION_FAILED: "later",
  /** The application called `abort`, or its signal aborted. */
  ABORTED: "no",
  /** An error that should not happen; see `cause`. */
  UNEXPECTED: "no",
} as const satisfies Record<string, RetryAdvice>;

/** The server's codes and the client's own. */
export type FailureCode = UploadErrorCode | keyof typeof ownCodes;

const advice: Readonly<Record<FailureCode, RetryAdvice>> = {
  ...ownCodes,
  ...retryAdvice,
};

export interface FailureFacts {
  message?: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  retryAfterMs?: number | null | undefined;
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** The message of a NETWORK failure without one. */
const NO_RESPONSE = "The server did not respond.";

const brand = Symbol.for("trpc-chunked-upload.failure");

/** Why an upload failed; `code` is one of a closed set. */
export class UploadFailure extends Error {
  readonly code: FailureCode;
  readonly retryAfterMs: number | null;
  /** Facts that go with the code, such as `expected_offset`, `missing` or `limit`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly [brand] = true;

  constructor(code: FailureCode, facts: FailureFacts = {}) {
    const silence = code === "NETWORK" ? NO_RESPONSE : code;
    super(facts.message ?? silence, { cause: facts.cause });
    this.name = "UploadFailure";
    this.code = code;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.details = facts.details ?? {};
  }

  /** By the brand: a bundler may include this class twice. */
  static override [Symbol.hasInstance](value: unknown): value is UploadFailure {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** Whether the same request may succeed later without any action. */
export function isRetryable(code: FailureCode): boolean {
  return advice[code] === "yes";
}

/** The code for a response without one, for example of a proxy. */
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

/** The failure in `thrown`: an `UploadFailure`, an error of tRPC's client, or anything else (UNEXPECTED). */
export function readFailure(thrown: unknown): UploadFailure {
  if (thrown instanceof UploadFailure) return thrown;
  if (!(thrown instanceof Error)) return new UploadFailure("UNEXPECTED", { cause: thrown });
  if (thrown.name === "AbortError") return new UploadFailure("ABORTED", { cause: thrown });
  if (thrown.name === "TRPCClientError") return readControlError(thrown);
  return new UploadFailure("UNEXPECTED", { message: thrown.message, cause: thrown });
}

/** The failure in a response of the raw door (`application/problem+json`), or of a proxy before it. */
export function readResponse(answer: {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
}): UploadFailure {
  const { code, detail, ...details } = parseObject(answer.body);
  return new UploadFailure(isCode(code) ? code : codeOfStatus(answer.status), {
    message: typeof detail === "string" ? detail : undefined,
    retryAfterMs: retryAfterMs(answer.retryAfter),
    details,
  });
}

/** The failure in a response of a proxy or of another server: only its status counts. */
export function foreignResponse({ ok, status, headers }: Response): UploadFailure {
  return new UploadFailure(ok ? "UNEXPECTED" : codeOfStatus(status), {
    message: `The response (HTTP ${status}) did not come from an upload server.`,
    retryAfterMs: retryAfterMs(headers.get("retry-after")),
    details: { status, foreign: true },
    ...(status < 500 ? { cause: new SyntaxError("The response is not JSON.") } : {}),
  });
}

/** tRPC carries our code as `data.upload` (wire contract, Errors); without `data` there was no response. */
function readControlError(error: Error): UploadFailure {
  const { cause } = error;
  if (cause instanceof UploadFailure) return cause;
  const data = recordIn(error, "data");
  if (data === null) {
    const response = responseOf(error);
    if (response !== null) return foreignResponse(response);
    const aborted = cause instanceof Error && cause.name === "AbortError";
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

/** tRPC's client keeps the response in `meta`. */
function retryAfterOf(error: Error): number | null {
  return retryAfterMs(responseOf(error)?.headers.get("retry-after") ?? null);
}

function responseOf(error: Error): Response | null {
  const response: unknown = recordIn(error, "meta")?.response;
  return response instanceof Response ? response : null;
}

function recordIn(holder: object, key: string): Record<string, unknown> | null {
  const value: unknown = Reflect.get(holder, key);
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Whether `value` is one of the server's codes. */
export function isCode(value: unknown): value is UploadErrorCode {
  return typeof value === "string" && Object.hasOwn(retryAdvice, value);
}
