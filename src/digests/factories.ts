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
import type { DigestName } from "./names.ts";

/** The reflected polynomial of CRC-32C (Castagnoli, RFC 3720 section 12.1). */
const CASTAGNOLI = 0x82f63b78;
/** The reflected polynomial of CRC-64/NVME (NVM Express, NVM Command Set Specification 1.0c, 5.2.1.3.4). */
const NVME = "9a6c9329ac4bc9b5";

/** Creates the hasher of each algorithm, for server and client. */
export const hasherFactories: Readonly<Record<DigestName, () => Promise<IHasher>>> = {
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
  crc64nvme: () => createCRC64(NVME),
  adler32: createAdler32,
  xxh32: () => createXXHash32(0),
  xxh64: () => createXXHash64(0, 0),
  xxh3: () => createXXHash3(0, 0),
  xxh128: () => createXXHash128(0, 0),
  ripemd160: createRIPEMD160,
  sm3: createSM3,
  whirlpool: createWhirlpool,
};
