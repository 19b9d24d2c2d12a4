import { UploadError } from "../../core/errors.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { checksumAlgorithms } from "./checksum.ts";

/** The supported version of the tus protocol. */
export const TUS_VERSION = "1.0.0";

/** The media type of bodies (tus, PATCH: "All PATCH requests MUST use" it). */
export const TUS_BODY_TYPE = "application/offset+octet-stream";

const EXTENSIONS = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "expiration",
  "checksum",
  "termination",
  "concatenation",
];

/**
 * tus, Tus-Resumable: every request except OPTIONS MUST have the header; the response to an unsupported
 * version MUST be 412, without processing the request. UNSUPPORTED_VERSION.
 */
export function requireVersion({ headers }: Pick<DoorRequest, "headers">): void {
  const version = headers.get("tus-resumable");
  if (version === TUS_VERSION) return;
  throw new UploadError("UNSUPPORTED_VERSION", {
    message:
      version === null
        ? "The Tus-Resumable header is missing."
        : "This version of tus is not supported.",
    details: { supported: [TUS_VERSION] },
  });
}

/** tus, OPTIONS: version, extensions and limits of the server. `maxBytes` null: no limit. */
export function serverHeaders(
  request: Pick<DoorRequest, "trailers">,
  maxBytes: number | null,
): Headers {
  // tus, Checksum: announced only if trailers reach the door; they do not reach Next's handlers.
  const trailers = request.trailers === undefined ? [] : ["checksum-trailer"];
  const headers = new Headers({
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": [...EXTENSIONS, ...trailers].join(","),
    "Tus-Checksum-Algorithm": checksumAlgorithms.join(","),
  });
  if (maxBytes !== null) headers.set("Tus-Max-Size", String(maxBytes));
  return headers;
}
