import { createHash } from "node:crypto";
import { canonicalName, type DigestName } from "../../digests/names.ts";
import type { Hasher } from "../hasher.ts";
import { openWasmHasher } from "../hashers.ts";
import type { FileDigests } from "../runtime.ts";
import { sameThreadDigests } from "../same-thread-digests.ts";

/** Digests on the main thread, between reads of the file. Uses OpenSSL if it supports the algorithm. */
export const nodeDigests: FileDigests = sameThreadDigests({
  openHasher,
  pause: () => new Promise((resolve) => setImmediate(resolve)),
});

/** OpenSSL's names for the algorithms that it computes. */
const nativeNames: Partial<Readonly<Record<DigestName, string>>> = {
  md5: "md5",
  sha1: "sha1",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  "sha3-224": "sha3-224",
  "sha3-256": "sha3-256",
  "sha3-384": "sha3-384",
  "sha3-512": "sha3-512",
  blake2b: "blake2b512",
  blake2s: "blake2s256",
};

/** A hasher for the algorithm, by any name that the server accepts. Rejects with UNKNOWN_ALGORITHM. */
export async function openHasher(algorithm: string): Promise<Hasher> {
  const name = canonicalName(algorithm);
  return nativeHasher(name === null ? undefined : nativeNames[name]) ?? openWasmHasher(algorithm);
}

/** Returns null if this build of Node does not support the algorithm or refuses it (FIPS). */
function nativeHasher(name: string | undefined): Hasher | null {
  if (name === undefined) return null;
  try {
    const hash = createHash(name);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.copy().digest("hex") };
  } catch {
    return null;
  }
}
