import { isBodyInterrupted } from "../../core/append/read-body.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { DoorRequest } from "./exchange.ts";
import { REQUEST_ID_HEADER, readRequestId } from "./request-id.ts";

/**
 * Returns what was thrown as an `UploadError`. Anything else becomes UNAVAILABLE, so that no input
 * gives a 500, and is logged as an error. The log gets method, path and request id only: other
 * headers and the query may carry credentials.
 */
export function toUploadError(
  thrown: unknown,
  request: Pick<DoorRequest, "method" | "url" | "signal"> & Partial<Pick<DoorRequest, "headers">>,
  log: Logger,
): UploadError {
  const known = isUploadError(thrown);
  const error = known ? thrown : new UploadError("UNAVAILABLE", { cause: thrown });
  const { method, url, headers } = request;
  const requestId = readRequestId(headers?.get(REQUEST_ID_HEADER));
  const facts = { err: thrown, method, path: url.pathname, requestId };
  // A client that stops sending is not a fault of the server.
  if (request.signal.aborted || isBodyInterrupted(error))
    log.debug(facts, "a request ended because its line broke");
  else if (!known) log.error(facts, "a request failed unexpectedly");
  else if (error.code === "UNAVAILABLE" || error.code === "STORAGE_FULL") {
    log.warn(facts, "a request could not be served");
  }
  return error;
}
