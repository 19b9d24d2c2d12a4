import { isBodyInterrupted } from "../../core/append/read-body.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { DoorRequest } from "./exchange.ts";

/**
 * Converts a thrown value into an `UploadError`. An unexpected one becomes UNAVAILABLE, so that no input causes
 * a 500, and is logged as an error, with method and path only: headers and the query may contain
 * credentials.
 */
export function toUploadError(
  thrown: unknown,
  request: Pick<DoorRequest, "method" | "url" | "signal">,
  log: Logger,
): UploadError {
  const known = isUploadError(thrown);
  const error = known ? thrown : new UploadError("UNAVAILABLE", { cause: thrown });
  const { method, url } = request;
  const facts = { err: thrown, method, path: url.pathname };
  // A client that stops sending is not a fault of the server.
  if (request.signal.aborted || isBodyInterrupted(error))
    log.debug(facts, "a request ended because its connection broke");
  else if (!known) log.error(facts, "a request failed unexpectedly");
  else if (error.code === "UNAVAILABLE" || error.code === "STORAGE_FULL") {
    log.warn(facts, "a request could not be served");
  }
  return error;
}
