import { UploadError } from "../../core/errors.ts";
import type { BodyDigest, TrailingDigest } from "../../core/requests.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { decodeBase64 } from "./base64.ts";

/** Lengths of the digests in bytes. tus, Checksum: "The Server MUST support at least" sha1. */
const lengths: ReadonlyMap<string, number> = new Map([
  ["sha1", 20],
  ["md5", 16],
  ["sha256", 32],
  ["crc32", 4],
]);

/** The value of `Tus-Checksum-Algorithm`. */
export const checksumAlgorithms: readonly string[] = [...lengths.keys()];

const NAME = "upload-checksum";

/**
 * Reads `Upload-Checksum`: an algorithm, a space and the digest of the body in base64 (of crc32: its
 * four bytes, the highest first). INVALID_INPUT (400) when it is malformed or the algorithm is unknown.
 */
export function parseChecksum(header: string): BodyDigest {
  const [, algorithm = "", encoded = ""] = /^([^ ]+) ([^ ]+)$/.exec(header) ?? [];
  const length = lengths.get(algorithm);
  if (algorithm !== "" && length === undefined) {
    throw refuse(`The algorithm is none of ${checksumAlgorithms.join(", ")}.`);
  }
  const bytes = decodeBase64(encoded);
  if (bytes === null || bytes.length !== length) throw refuse("It is no digest in base64.");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { algorithm, hex };
}

/** What the request's header claims of its body. */
export function headerDigests({ headers }: Pick<DoorRequest, "headers">): BodyDigest[] {
  const header = headers.get(NAME);
  return header === null ? [] : [parseChecksum(header)];
}

/**
 * What the request will claim of its body in a trailer, if it announces one by `Trailer` (RFC 9110,
 * section 6.6.2). One that is announced and does not come is INVALID_INPUT, before the body is read
 * where none can come: without chunks (RFC 9112, section 7.1.2), or where trailers do not reach the door.
 */
export function trailingDigest(
  request: Pick<DoorRequest, "headers" | "trailers">,
): TrailingDigest | undefined {
  const announced = request.headers.get("trailer")?.split(",") ?? [];
  if (!announced.some((name) => name.trim().toLowerCase() === NAME)) return undefined;
  const { trailers } = request;
  if (trailers === undefined || request.headers.has("content-length")) {
    throw refuse("A trailer was announced, and none can come; send it as a header.");
  }
  return {
    algorithms: checksumAlgorithms,
    async read() {
      const trailer = (await trailers()).get(NAME);
      if (trailer === null) throw refuse("The trailer that was announced did not come.");
      return parseChecksum(trailer);
    },
  };
}

function refuse(reason: string): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `Upload-Checksum is not understood. ${reason}`,
    details: { header: "Upload-Checksum", algorithms: checksumAlgorithms },
  });
}
