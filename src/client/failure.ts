import type { UploadErrorCode } from "../core/errors.ts";
import { type RetryAdvice, retryAdvice } from "../wire/retry-advice.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What goes wrong on this side of the line, and whether the same may succeed a little later. */
const ownCodes = {
  /** No answer came: the line was cut, or the server is away. */
  NETWORK: "yes",
  /** The caller's `token` function failed; `cause` tells. */
  TOKEN_FAILED: "yes",
  /** The file cannot be read any more: moved, changed or removed since it was chosen. */
  FILE_UNREADABLE: "no",
  /** A stream cannot be read a second time, and the server wants bytes that are gone from here. */
  NOT_REPEATABLE: "no",
  /** The upload that was to be continued holds the bytes of another file. */
  DIFFERENT_FILE: "no",
  /** The server wants a digest that is not known here. */
  UNKNOWN_ALGORITHM: "no",
  /** All bytes are stored and verified, but the profile's `onComplete` keeps failing on the server. */
  COMPLETION_FAILED: "later",
  /** The caller ended it. */
  ABORTED: "no",
  /** Something that should not happen; `cause` tells. */
  UNEXPECTED: "no",
} as const satisfies Record<string, RetryAdvice>;

/** The server's codes, and those of things that happen on this side of the line. */
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

/** Of all failures the one that no server puts into words. */
const NO_ANSWER = "No answer came from the server.";

const brand = Symbol.for("trpc-chunked-upload.failure");

/** Everything that can go wrong with an upload, told by its `code`. */
export class UploadFailure extends Error {
  readonly code: FailureCode;
  readonly retryAfterMs: number | null;
  /** Facts that go with the code, such as `expected_offset`, `missing` or `limit`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly [brand] = true;

  constructor(code: FailureCode, facts: FailureFacts = {}) {
    const silence = code === "NETWORK" ? NO_ANSWER : code;
    super(facts.message ?? silence, { cause: facts.cause });
    this.name = "UploadFailure";
    this.code = code;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.details = facts.details ?? {};
  }

  /** A bundler may put this class into an application twice: it is told by its brand. */
  static override [Symbol.hasInstance](value: unknown): value is UploadFailure {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** Whether the same request may succeed a little later without anybody doing anything. */
export function isRetryable(code: FailureCode): boolean {
  return advice[code] === "yes";
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
  if (!(thrown instanceof Error)) return new UploadFailure("UNEXPECTED", { cause: thrown });
  if (thrown.name === "AbortError") return new UploadFailure("ABORTED", { cause: thrown });
  if (thrown.name === "TRPCClientError") return readControlError(thrown);
  return new UploadFailure("UNEXPECTED", { message: thrown.message, cause: thrown });
}

/** The failure in the raw door's answer: `application/problem+json`, or anything from whatever stands before it. */
export function readAnswer(answer: {
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

/** A proxy's page, or another server altogether: only the status says something. */
export function foreignAnswer({ ok, status, headers }: Response): UploadFailure {
  return new UploadFailure(ok ? "UNEXPECTED" : codeOfStatus(status), {
    message: `The answer (HTTP ${status}) is none of an upload server.`,
    retryAfterMs: retryAfterMs(headers.get("retry-after")),
    details: { status, foreign: true },
    ...(status < 500 ? { cause: new SyntaxError("The answer is no JSON.") } : {}),
  });
}

/** tRPC carries our code as `data.upload` (wire contract, Errors); without `data` no server answered. */
function readControlError(error: Error): UploadFailure {
  const { cause } = error;
  if (cause instanceof UploadFailure) return cause;
  const data = recordIn(error, "data");
  if (data === null) {
    const response = responseOf(error);
    if (response !== null) return foreignAnswer(response);
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

/** tRPC's client keeps the answer, and with it the header, in `meta`. */
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
