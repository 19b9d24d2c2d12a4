import {
  createAdler32,
  createBLAKE2b,
  createBLAKE2s,
  createBLAKE3,
  createCRC32,
  createCRC64,
  createMD5,
  createRIPEMD160,
  createSHA1,
  createSHA3,
  createSHA224,
  createSHA256,
  createSHA384,
  createSHA512,
  createSM3,
  createWhirlpool,
  createXXHash3,
  createXXHash32,
  createXXHash64,
  createXXHash128,
  type IHasher,
} from "hash-wasm";

/** The polynomial of CRC-32C, reversed. */
const CASTAGNOLI = 0x82f63b78;

/** How a hasher of each algorithm is made, by our name for the algorithm. */
export const hasherFactories: ReadonlyMap<string, () => Promise<IHasher>> = new Map(
  Object.entries({
    md5: createMD5,
    sha1: createSHA1,
    sha224: createSHA224,
    sha256: createSHA256,
    sha384: createSHA384,
    sha512: createSHA512,
    "sha3-224": () => createSHA3(224),
    "sha3-256": () => createSHA3(256),
    "sha3-384": () => createSHA3(384),
    "sha3-512": () => createSHA3(512),
    blake2b: () => createBLAKE2b(512),
    blake2s: () => createBLAKE2s(256),
    blake3: () => createBLAKE3(256),
    crc32: () => createCRC32(),
    crc32c: () => createCRC32(CASTAGNOLI),
    crc64: () => createCRC64(),
    adler32: createAdler32,
    xxh32: () => createXXHash32(0),
    xxh64: () => createXXHash64(0, 0),
    xxh3: () => createXXHash3(0, 0),
    xxh128: () => createXXHash128(0, 0),
    ripemd160: createRIPEMD160,
    sm3: createSM3,
    whirlpool: createWhirlpool,
  }),
);

/** Other spellings: those of Python's hashlib, which drf-chunked-upload's settings use. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["sha3_224", "sha3-224"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
  ["sha3_512", "sha3-512"],
]);

/** Every name that is understood, aliases last. */
export const algorithmNames: readonly string[] = [...hasherFactories.keys(), ...aliases.keys()];

/** Our name for an algorithm in any spelling and case; null when it is unknown. */
export function canonicalName(algorithm: string): string | null {
  const lower = algorithm.toLowerCase();
  const name = aliases.get(lower) ?? lower;
  return hasherFactories.has(name) ? name : null;
}
