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
 * Parses `Upload-Checksum`: an algorithm, a space and the digest of the body in base64 (crc32: four bytes,
 * big-endian). INVALID_INPUT (400) if it is malformed or the algorithm is unknown.
 */
export function parseChecksum(header: string): BodyDigest {
  const [, algorithm = "", encoded = ""] = /^([^ ]+) ([^ ]+)$/.exec(header) ?? [];
  const length = lengths.get(algorithm);
  if (algorithm !== "" && length === undefined) {
    throw refuse(`The algorithm must be one of ${checksumAlgorithms.join(", ")}.`);
  }
  const bytes = decodeBase64(encoded);
  if (bytes === null || bytes.length !== length)
    throw refuse("The digest must be in base64 and have the length of its algorithm.");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { algorithm, hex };
}

/** The digest in the header of the request, if there is one. */
export function headerDigests({ headers }: Pick<DoorRequest, "headers">): BodyDigest[] {
  const header = headers.get(NAME);
  return header === null ? [] : [parseChecksum(header)];
}

/**
 * The digest in the trailer of the request, if `Trailer` announces one (RFC 9110, section 6.6.2). INVALID_INPUT
 * if an announced trailer is missing; before the body is read if there cannot be one: without chunked coding
 * (RFC 9112, section 7.1.2), or where trailers do not reach the door.
 */
export function trailingDigest(
  request: Pick<DoorRequest, "headers" | "trailers">,
): TrailingDigest | undefined {
  const announced = request.headers.get("trailer")?.split(",") ?? [];
  if (!announced.some((name) => name.trim().toLowerCase() === NAME)) return undefined;
  const { trailers } = request;
  if (trailers === undefined || request.headers.has("content-length")) {
    throw refuse("The request cannot have the announced trailer; send it as a header.");
  }
  return {
    algorithms: checksumAlgorithms,
    async read() {
      const trailer = (await trailers()).get(NAME);
      if (trailer === null) throw refuse("The announced trailer is missing.");
      return parseChecksum(trailer);
    },
  };
}

function refuse(reason: string): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `Upload-Checksum is invalid. ${reason}`,
    details: { header: "Upload-Checksum", algorithms: checksumAlgorithms },
  });
}
