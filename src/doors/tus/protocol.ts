import { UploadError } from "../../core/errors.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { checksumAlgorithms } from "./checksum.ts";

/** The one version of the tus protocol that is spoken here. */
export const TUS_VERSION = "1.0.0";

/** The media type of every body (tus, PATCH: "All PATCH requests MUST use" it). */
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
 * tus, Tus-Resumable: the header MUST be in every request but OPTIONS, and a version that the server
 * does not support MUST be answered by 412, without processing the request. UNSUPPORTED_VERSION.
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

/** tus, OPTIONS: what the server can do. `maxBytes` null: there is no limit. */
export function serverHeaders(
  request: Pick<DoorRequest, "trailers">,
  maxBytes: number | null,
): Headers {
  // tus, Checksum: announced only where the server can handle trailers; Next's handlers see none.
  const trailers = request.trailers === undefined ? [] : ["checksum-trailer"];
  const headers = new Headers({
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": [...EXTENSIONS, ...trailers].join(","),
    "Tus-Checksum-Algorithm": checksumAlgorithms.join(","),
  });
  if (maxBytes !== null) headers.set("Tus-Max-Size", String(maxBytes));
  return headers;
}
