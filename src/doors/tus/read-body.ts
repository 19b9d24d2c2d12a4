import { UploadError } from "../../core/errors.ts";
import type { AppendRequest, ChunkPosition } from "../../core/requests.ts";
import { parseByteCount } from "../../wire/headers.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { headerDigests, trailingDigest } from "./checksum.ts";
import { TUS_BODY_TYPE } from "./protocol.ts";

/** Whether the request has the media type of tus bodies. */
export function hasTusType({ headers }: Pick<DoorRequest, "headers">): boolean {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() === TUS_BODY_TYPE;
}

/** UNSUPPORTED_MEDIA_TYPE (415) unless the body has the tus media type and no content coding. */
export function requireTusBody(request: Pick<DoorRequest, "headers">): void {
  if (!hasTusType(request)) {
    throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
      message: `The body's type must be ${TUS_BODY_TYPE}.`,
    });
  }
  const coding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return;
  throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
    message: "The body must be sent without a Content-Encoding.",
  });
}

/** Converts a body into a request of the core, unread: it starts at `offset`; `total` is the length it declares. */
export function toAppend(
  request: DoorRequest,
  body: { id: string; offset: number; total?: number | undefined },
): AppendRequest {
  const { id, offset, total } = body;
  const contentLength =
    request.body === null ? 0 : parseByteCount(request.headers.get("content-length"));
  return {
    id,
    position: {
      start: offset,
      end: contentLength === null ? null : offset + contentLength,
      total,
    },
    contentLength,
    body: request.body,
    digests: headerDigests(request),
    trailing: trailingDigest(request),
    signal: request.signal,
    sequential: true,
    byOffset: true,
    completeWhenFull: true,
  };
}

/** The position of a body whose headers state its beginning and length; null for any other. */
export function statedPosition({ headers }: Pick<DoorRequest, "headers">): ChunkPosition | null {
  const start = parseByteCount(headers.get("upload-offset"));
  const length = parseByteCount(headers.get("content-length"));
  if (start === null || length === null) return null;
  return { start, end: start + length, total: undefined };
}

/** Parses a header that is a non-negative integer; null if it is missing. INVALID_INPUT if it is invalid. */
export function readByteHeader(
  { headers }: Pick<DoorRequest, "headers">,
  name: string,
): number | null {
  const header = headers.get(name);
  if (header === null) return null;
  const count = parseByteCount(header);
  if (count !== null) return count;
  throw new UploadError("INVALID_INPUT", {
    message: `${name} must be a non-negative integer.`,
    details: { header: name },
  });
}
