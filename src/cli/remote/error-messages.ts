import { readFailure, type UploadFailure } from "../../client/failure.ts";
import { printable } from "./format.ts";

/** An error code and a message of one sentence. */
export interface ErrorMessage {
  readonly code: string;
  readonly message: string;
}

/** The server of the request, for the message. */
export interface Endpoint {
  readonly url: string;
  readonly hasToken: boolean;
}

/** Describes `thrown`, with the server's message if there is one. */
export function describeError(thrown: unknown, endpoint: Endpoint): ErrorMessage {
  const failure = readFailure(thrown);
  return { code: failure.code, message: printable(sentenceOf(failure, endpoint)) };
}

function sentenceOf(failure: UploadFailure, { url, hasToken }: Endpoint): string {
  if (isOtherServer(failure)) {
    return `${url} is not a chunked-upload server: check the URL`;
  }
  switch (failure.code) {
    case "UNAUTHENTICATED":
      return hasToken
        ? `${url} does not accept this token: it may be wrong, expired or revoked`
        : `${url} requires a token: use --token, or set CHUNKED_UPLOAD_TOKEN`;
    case "NETWORK":
      return `cannot reach ${url}: ${networkReason(failure)}`;
    case "FILE_UNREADABLE":
      return failure.cause === undefined ? "cannot be read" : describeFileError(failure.cause);
    default:
      return `${messageOf(failure)}${issuesOf(failure)}`;
  }
}

/** Messages of codes for which the server sent none. */
const defaultMessages: Readonly<Record<string, string>> = {
  UNAVAILABLE: "the server is not available; try again later",
  RATE_LIMITED: "too many requests; try again later",
  BUSY: "another process is sending this upload",
  NOT_FOUND: "upload not found",
  EXPIRED: "the upload has expired",
  NOT_REPEATABLE: "the connection was lost, and standard input cannot be read again",
  ABORTED: "stopped",
};

/** Removes the full stop of the server's messages. */
function messageOf({ code, message }: UploadFailure): string {
  return message === code ? (defaultMessages[code] ?? code) : message.replace(/[.\s]+$/, "");
}

/** The issues of single fields in the server's response. */
function issuesOf({ details }: UploadFailure): string {
  const { issues } = details;
  const texts: string[] = [];
  if (Array.isArray(issues)) {
    for (const { path, message } of issues) texts.push(path ? `${path}: ${message}` : `${message}`);
  } else if (typeof issues === "object" && issues !== null) {
    const { formErrors = [], fieldErrors = {} } = issues as {
      formErrors?: string[];
      fieldErrors?: Record<string, string[]>;
    };
    texts.push(...formErrors);
    for (const [field, errors] of Object.entries(fieldErrors)) {
      texts.push(`${field}: ${errors.join(", ")}`);
    }
  }
  return texts.length === 0 ? "" : ` (${texts.join("; ")})`;
}

/** Whether the response is not from an upload server. (A 5xx may come from a proxy in front of one.) */
function isOtherServer({ code, details }: UploadFailure): boolean {
  return details.foreign === true && code !== "UNAVAILABLE" && code !== "UNAUTHENTICATED";
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "the host name cannot be resolved at the moment",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed",
  ETIMEDOUT: "timed out",
  UND_ERR_CONNECT_TIMEOUT: "timed out",
  UND_ERR_HEADERS_TIMEOUT: "timed out",
  UND_ERR_BODY_TIMEOUT: "timed out",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function networkReason(failure: UploadFailure): string {
  const causes = causesOf(failure);
  for (const cause of causes) {
    const code: unknown = Reflect.get(cause, "code");
    const reason = typeof code === "string" ? networkReasons[code] : undefined;
    if (reason !== undefined) return reason;
  }
  const last = causes.at(-1);
  return last === undefined || last === failure ? "the server did not respond" : last.message;
}

function causesOf(thrown: unknown): Error[] {
  const causes: Error[] = [];
  let next: unknown = thrown;
  while (next instanceof Error && causes.length < 10) {
    causes.push(next);
    const first: unknown = next instanceof AggregateError ? next.errors[0] : undefined;
    next = next.cause ?? first;
  }
  return causes;
}

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a directory",
  ENOSPC: "no space left on this disk",
  EMFILE: "too many open files",
};

/** Describes an error of the local file system. */
export function describeFileError(error: unknown): string {
  for (const cause of causesOf(error)) {
    const code: unknown = Reflect.get(cause, "code");
    const reason = typeof code === "string" ? fileReasons[code] : undefined;
    if (reason !== undefined) return reason;
  }
  return error instanceof Error ? printable(error.message) : String(error);
}
