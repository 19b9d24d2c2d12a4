import { readFailure, type UploadFailure } from "../../client/failure.ts";
import { printable } from "./format.ts";

/** An error as one sentence. */
export interface Explained {
  readonly code: string;
  readonly message: string;
}

/** The server that was asked, named in the sentence. */
export interface Asked {
  readonly url: string;
  readonly hasToken: boolean;
}

/** Explains `thrown`, by the server's message where there is one. */
export function explain(thrown: unknown, asked: Asked): Explained {
  const failure = readFailure(thrown);
  return { code: failure.code, message: printable(sentenceOf(failure, asked)) };
}

function sentenceOf(failure: UploadFailure, { url, hasToken }: Asked): string {
  if (isStranger(failure)) {
    return `${url} responds, but it is not a chunked-upload server: check the URL`;
  }
  switch (failure.code) {
    case "UNAUTHENTICATED":
      return hasToken
        ? `${url} does not accept this token: it may be mistyped, expired or revoked`
        : `${url} requires a token: use --token, or set CHUNKED_UPLOAD_TOKEN`;
    case "NETWORK":
      return `cannot reach ${url}: ${networkReason(failure)}`;
    case "FILE_UNREADABLE":
      return failure.cause === undefined ? "cannot be read" : explainFileError(failure.cause);
    default:
      return `${wordsOf(failure)}${issuesOf(failure)}`;
  }
}

/** The sentences for codes without a message. */
const bareCodes: Readonly<Record<string, string>> = {
  UNAVAILABLE: "the server is not available; try again later",
  RATE_LIMITED: "too many requests; try again later",
  BUSY: "another process is sending this upload",
  NOT_FOUND: "there is no such upload",
  EXPIRED: "the upload has expired",
  NOT_REPEATABLE: "the connection was lost, and a stream cannot be read again",
  ABORTED: "stopped",
};

/** Sentences of the server end with a full stop; ours do not. */
function wordsOf({ code, message }: UploadFailure): string {
  return message === code ? (bareCodes[code] ?? code) : message.replace(/[.\s]+$/, "");
}

/** The server's complaints about single fields. */
function issuesOf({ details }: UploadFailure): string {
  const { issues } = details;
  const said: string[] = [];
  if (Array.isArray(issues)) {
    for (const { path, message } of issues) said.push(path ? `${path}: ${message}` : `${message}`);
  } else if (typeof issues === "object" && issues !== null) {
    const { formErrors = [], fieldErrors = {} } = issues as {
      formErrors?: string[];
      fieldErrors?: Record<string, string[]>;
    };
    said.push(...formErrors);
    for (const [field, errors] of Object.entries(fieldErrors)) {
      said.push(`${field}: ${errors.join(", ")}`);
    }
  }
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

/** Whether another kind of server responded. (A proxy's 5xx may come from before one of ours.) */
function isStranger({ code, details }: UploadFailure): boolean {
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

/** Why a file of this machine cannot be used. */
export function explainFileError(error: unknown): string {
  for (const cause of causesOf(error)) {
    const code: unknown = Reflect.get(cause, "code");
    const reason = typeof code === "string" ? fileReasons[code] : undefined;
    if (reason !== undefined) return reason;
  }
  return error instanceof Error ? printable(error.message) : String(error);
}
