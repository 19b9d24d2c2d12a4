import {
  createBLAKE2b,
  createBLAKE2s,
  createBLAKE3,
  createCRC32,
  createMD5,
  createSHA1,
  createSHA3,
  createSHA224,
  createSHA256,
  createSHA384,
  createSHA512,
  createXXHash3,
  createXXHash64,
  createXXHash128,
  type IHasher,
} from "hash-wasm";
import { UploadFailure } from "./failure.ts";
import { type Hasher, plainName } from "./hasher.ts";

/** The Castagnoli polynomial, reflected. */
const CRC32C = 0x82f63b78;

const creators: Readonly<Record<string, () => Promise<IHasher>>> = {
  md5: createMD5,
  sha1: createSHA1,
  sha224: createSHA224,
  sha256: createSHA256,
  sha384: createSHA384,
  sha512: createSHA512,
  sha3224: () => createSHA3(224),
  sha3256: () => createSHA3(256),
  sha3384: () => createSHA3(384),
  sha3512: () => createSHA3(512),
  blake2b: () => createBLAKE2b(),
  blake2s: () => createBLAKE2s(),
  blake3: () => createBLAKE3(),
  crc32: () => createCRC32(),
  crc32c: () => createCRC32(CRC32C),
  xxh3: () => createXXHash3(),
  xxh64: () => createXXHash64(),
  xxh128: () => createXXHash128(),
};

/** A hasher by the server's name for the algorithm ("md5", "sha256", "sha3-256" …). Throws UNKNOWN_ALGORITHM. */
export async function createHasher(algorithm: string): Promise<IHasher> {
  const create = creators[plainName(algorithm)];
  if (create === undefined) {
    const message = `The digest ${algorithm} is not known here.`;
    throw new UploadFailure("UNKNOWN_ALGORITHM", { message, details: { algorithm } });
  }
  return (await create()).init();
}

/** The same, in a form that tells digests on the way. */
export async function openWasmHasher(algorithm: string): Promise<Hasher> {
  const hasher = await createHasher(algorithm);
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => {
      // `digest` ends a hasher: the state goes on in it afterwards.
      const state = hasher.save();
      const checksum = hasher.digest("hex");
      hasher.load(state);
      return checksum;
    },
  };
}
