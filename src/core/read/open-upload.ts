import { reachUpload, requireStill } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import type { OpenedUpload } from "../requests.ts";
import type { Upload } from "../upload.ts";

/** Bytes of a download between two checks of the right to it. */
const CHECK_BYTES = 8 * 2 ** 20;

/**
 * A finished file for reading. NOT_COMPLETE while there is none. Reading throws UNAUTHENTICATED or
 * NOT_FOUND when the principal loses the right to the file on the way.
 */
export async function openUpload(
  core: CoreContext,
  principal: Principal,
  id: string,
): Promise<OpenedUpload> {
  const upload = await reachUpload(core, principal, { id, action: "download" });
  const { size, checksum } = upload;
  if (upload.state !== "complete" || size === null || checksum === null) {
    throw new UploadError("NOT_COMPLETE");
  }
  const { link } = core.store;
  const authorize = () => requireStill(core, principal, { upload, action: "download" });
  return {
    upload: { ...upload, size, checksum },
    read: (range) => whileAllowed(core.store.read(upload, range), authorize),
    link: link === undefined || size === 0 ? null : (headers) => link(upload, headers),
  };
}

async function* whileAllowed(
  bytes: AsyncIterable<Uint8Array>,
  authorize: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let unchecked = 0;
  for await (const piece of bytes) {
    unchecked += piece.length;
    if (unchecked >= CHECK_BYTES) {
      await authorize();
      unchecked = 0;
    }
    yield piece;
  }
}

/**
 * The digest of the first bytes as carried in the record, by which a client proves its file is the same.
 * That of a direct upload follows from the checksums of its parts.
 */
export async function prefixChecksum(
  core: Pick<CoreContext, "digests" | "store">,
  upload: Upload,
): Promise<{ length: number; checksum: string } | null> {
  const { direct } = core.store;
  if (upload.origin === "direct" && upload.offset > 0 && direct !== undefined)
    return { length: upload.offset, checksum: upload.checksum ?? direct.prefixChecksum(upload) };
  if (upload.digestOffset === 0 || upload.digestState === null) return null;
  const digest = await core.digests.resume(upload.checksumAlgorithm, upload.digestState);
  if (digest === null) return null;
  try {
    return { length: upload.digestOffset, checksum: await digest.hex() };
  } finally {
    digest.release();
  }
}
