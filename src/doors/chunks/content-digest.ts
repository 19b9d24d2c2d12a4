import { parseDictionary } from "structured-headers";
import { UploadError } from "../../core/errors.ts";
import type { BodyDigest } from "../../core/requests.ts";

interface KnownAlgorithm {
  /** The algorithm's name in this service's settings. */
  readonly name: string;
  readonly bytes: number;
}

/** The algorithms of the registry "Hash Algorithms for HTTP Digest Fields" that the server verifies. */
const known: ReadonlyMap<string, KnownAlgorithm> = new Map([
  ["sha-256", { name: "sha256", bytes: 32 }],
  ["sha-512", { name: "sha512", bytes: 64 }],
  ["md5", { name: "md5", bytes: 16 }],
  ["crc32c", { name: "crc32c", bytes: 4 }],
]);

/**
 * Parses `Content-Digest` (RFC 9530, section 2: a dictionary of byte sequences). Unknown algorithms are
 * ignored. INVALID_INPUT if the field is malformed, or if the digest of a known algorithm is not a byte
 * sequence of that algorithm's length.
 */
export function parseContentDigest(header: string | null): BodyDigest[] {
  if (header === null) return [];
  const digests: BodyDigest[] = [];
  for (const [key, [value]] of parseMembers(header)) {
    const algorithm = known.get(key);
    if (algorithm === undefined) continue;
    if (!(value instanceof ArrayBuffer) || value.byteLength !== algorithm.bytes) {
      throw malformed(`The ${key} digest must be ${algorithm.bytes} bytes in base64.`);
    }
    digests.push({ algorithm: algorithm.name, hex: toHex(value) });
  }
  return digests;
}

function parseMembers(header: string): ReturnType<typeof parseDictionary> {
  try {
    return parseDictionary(header);
  } catch (cause) {
    throw malformed("It must be a dictionary of digests.", cause);
  }
}

function malformed(reason: string, cause?: unknown): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `Content-Digest is malformed. ${reason}`,
    details: { header: "Content-Digest" },
    cause,
  });
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
