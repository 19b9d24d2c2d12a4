import type { CoreDependencies } from "../core.ts";
import type { VerifyFinding } from "../requests.ts";
import type { Upload } from "../upload.ts";

/** Receives the bytes of a file in order. They may change once its promise resolves. */
export type TakeBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Reads a finished file once and compares it with its record. `take` receives every byte; what it
 * throws is thrown unchanged. Returns null for a file that matches. Throws UNAVAILABLE for a file that
 * cannot be read.
 */
export async function compareFile(
  { store, digests }: Pick<CoreDependencies, "store" | "digests">,
  upload: Upload,
  take: TakeBytes = async () => undefined,
): Promise<VerifyFinding["problem"]> {
  const size = upload.size ?? 0;
  const length = await store.length(upload);
  if (length === 0 && size > 0) return "missing";
  if (length !== size) return "wrong size";
  const digest = await digests.start(upload.checksumAlgorithm, { bytes: size });
  try {
    for await (const bytes of store.read(upload, { start: 0, end: size }))
      await Promise.all([digest.update(bytes), take(bytes)]);
    return (await digest.hex()) === upload.checksum ? null : "wrong checksum";
  } finally {
    digest.release();
  }
}
