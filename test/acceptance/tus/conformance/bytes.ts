import { createHash } from "node:crypto";
import { crc32 } from "./crc32.ts";

/** `length` bytes that follow from their position, so that misplaced ones are wrong ones. */
export function bytes(length: number, from = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => ((from + at) * 31 + 7) % 251));
}

/** The value of `Upload-Checksum` for `body`; null for an algorithm that this suite cannot compute. */
export function checksumOf(algorithm: string, body: Uint8Array): string | null {
  if (algorithm === "crc32") return `crc32 ${crc32(body).toString("base64")}`;
  if (!["md5", "sha1", "sha256", "sha512"].includes(algorithm)) return null;
  return `${algorithm} ${createHash(algorithm).update(body).digest("base64")}`;
}

/** The value of `Upload-Metadata` for text values. */
export function metadata(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
    .join(",");
}
