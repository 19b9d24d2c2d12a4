import type { UploadError } from "../../core/errors.ts";
import { errorTable, retryAfterSeconds } from "../../wire/error-table.ts";
import type { DoorResponse } from "./exchange.ts";

/** RFC 9457, section 4.2.1: with `about:blank` the title is the reason phrase of the status. */
const titles: { readonly [status: number]: string } = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  423: "Locked",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  460: "Checksum Mismatch",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

/**
 * An error as `application/problem+json` (RFC 9457): `type, title, status, detail, code`, and the error's
 * details. `Retry-After` in seconds if waiting helps; `WWW-Authenticate` with a 401 (RFC 9110, section
 * 11.6.1), with a scheme for which browsers do not prompt.
 */
export function renderProblem(error: UploadError): DoorResponse {
  return renderProblemAs(error, errorTable[error.code].status);
}

/** As `renderProblem`, with the status of another door. */
export function renderProblemAs(error: UploadError, status: number): DoorResponse {
  const headers = new Headers({
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== null) headers.set("Retry-After", String(retryAfter));
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  const body = JSON.stringify({
    ...error.details,
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    detail: error.message,
    code: error.code,
  });
  return { status, headers, body };
}
