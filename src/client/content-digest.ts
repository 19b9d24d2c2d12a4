/** The algorithms of `Content-Digest` (RFC 9530) that the server verifies. */
export type ContentDigestAlgorithm = "sha-256" | "sha-512" | "md5" | "crc32c";

/** The header's value for one digest, given in hex. */
export function formatContentDigest(algorithm: ContentDigestAlgorithm, hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(parseInt(pair, 16)));
  return `${algorithm}=:${btoa(bytes.join(""))}:`;
}
