/** Every digest algorithm that the server offers and the client can compute, by its canonical name. */
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

/** Other spellings: those of Python's hashlib, which drf-chunked-upload's settings use. */
const aliases: ReadonlyMap<string, DigestName> = new Map([
  ["sha3_224", "sha3-224"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
  ["sha3_512", "sha3-512"],
]);

/** Every name that is accepted, aliases last. */
export const acceptedNames: readonly string[] = [...digestNames, ...aliases.keys()];

/** The canonical name of an algorithm in any accepted spelling and case; null for an unknown one. */
export function canonicalName(algorithm: string): DigestName | null {
  const lower = algorithm.toLowerCase();
  return aliases.get(lower) ?? digestNames.find((name) => name === lower) ?? null;
}
