import type { IHasher } from "hash-wasm";
import { hasherFactories } from "../digests/factories.ts";
import { canonicalName } from "../digests/names.ts";
import { UploadFailure } from "./failure.ts";
import type { Hasher } from "./hasher.ts";

/** A hasher for the algorithm, by any name that the server accepts. Rejects with UNKNOWN_ALGORITHM. */
async function createHasher(algorithm: string): Promise<IHasher> {
  const name = canonicalName(algorithm);
  if (name === null) {
    const message = `This client does not know the digest algorithm "${algorithm}".`;
    throw new UploadFailure("UNKNOWN_ALGORITHM", { message, details: { algorithm } });
  }
  return (await hasherFactories[name]()).init();
}

/** As `createHasher`, but `digest` may be called at any point, and `update` after it. */
export async function openWasmHasher(algorithm: string): Promise<Hasher> {
  const hasher = await createHasher(algorithm);
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => {
      // `digest` ends a hasher: its state is put back afterwards.
      const state = hasher.save();
      const checksum = hasher.digest("hex");
      hasher.load(state);
      return checksum;
    },
  };
}
