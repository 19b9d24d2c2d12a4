import { isBodyInterrupted } from "../../core/append/read-body.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { DoorRequest } from "./exchange.ts";

/**
 * Whatever was thrown, as an `UploadError`: what is none becomes UNAVAILABLE, so that no input gives
 * a 500, and is logged as the fault that it is. Only method and path are logged: headers and query
 * may carry credentials.
 */
export function toUploadError(
  thrown: unknown,
  request: Pick<DoorRequest, "method" | "url" | "signal">,
  log: Logger,
): UploadError {
  const known = isUploadError(thrown);
  const error = known ? thrown : new UploadError("UNAVAILABLE", { cause: thrown });
  const facts = { err: thrown, method: request.method, path: request.url.pathname };
  // A sender who falls silent is no trouble of ours; many a mobile one does.
  if (request.signal.aborted || isBodyInterrupted(error))
    log.debug(facts, "a request ended because its line broke");
  else if (!known) log.error(facts, "a request failed unexpectedly");
  else if (error.code === "UNAVAILABLE" || error.code === "STORAGE_FULL") {
    log.warn(facts, "a request could not be served");
  }
  return error;
}
