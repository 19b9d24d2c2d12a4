import { UploadError } from "../../core/errors.ts";
import type { AppendRequest } from "../../core/requests.ts";
import { parseByteCount, parseContentRange } from "../../wire/headers.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { parseContentDigest } from "./content-digest.ts";

/**
 * Converts a PUT into a request of the core, without reading the body. UNSUPPORTED_MEDIA_TYPE for a form
 * (its boundaries would be stored as file content) and for an encoded body (its length and digest are not
 * those of the file), INVALID_INPUT for a malformed `Content-Digest`. The core reports a missing or malformed
 * `Content-Range`, in its order of checks.
 */
export function readChunk(request: DoorRequest, id: string): AppendRequest {
  const { headers } = request;
  refuseForm(headers.get("content-type"));
  refuseEncoding(headers.get("content-encoding"));
  return {
    id,
    position: parseContentRange(headers.get("content-range")),
    contentLength: parseByteCount(headers.get("content-length")),
    body: request.body,
    digests: parseContentDigest(headers.get("content-digest")),
    signal: request.signal,
  };
}

function refuseForm(contentType: string | null): void {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type !== "multipart/form-data") return;
  throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
    message: "The body must contain the bytes only, not a form.",
  });
}

function refuseEncoding(contentEncoding: string | null): void {
  const coding = contentEncoding?.trim().toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return;
  throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
    message: "The body must be sent without a Content-Encoding.",
  });
}
