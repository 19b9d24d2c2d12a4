/** Canonical names of the digest algorithms that server and client support. */
export const digestNames = [
  "md5",
  "sha1",
  "sha224",
  "sha256",
  "sha384",
  "sha512",
  "sha3-224",
  "sha3-256",
  "sha3-384",
  "sha3-512",
  "blake2b",
  "blake2s",
  "blake3",
  "crc32",
  "crc32c",
  "crc64",
  "crc64nvme",
  "adler32",
  "xxh32",
  "xxh64",
  "xxh3",
  "xxh128",
  "ripemd160",
  "sm3",
  "whirlpool",
] as const;

export type DigestName = (typeof digestNames)[number];

/** Names from Python's hashlib, which the settings of drf-chunked-upload use. */
const aliases: ReadonlyMap<string, DigestName> = new Map([
  ["sha3_224", "sha3-224"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
  ["sha3_512", "sha3-512"],
]);

/** All accepted names, aliases last. */
export const acceptedNames: readonly string[] = [...digestNames, ...aliases.keys()];

/** The canonical name of an algorithm, ignoring case and resolving aliases; null if unknown. */
export function canonicalName(algorithm: string): DigestName | null {
  const lower = algorithm.toLowerCase();
  return aliases.get(lower) ?? digestNames.find((name) => name === lower) ?? null;
}
