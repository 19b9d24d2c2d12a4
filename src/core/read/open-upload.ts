import { reachUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import type { OpenedUpload } from "../requests.ts";
import type { Upload } from "../upload.ts";

/** A finished file for reading. NOT_COMPLETE while there is none. */
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
  return { upload: { ...upload, size, checksum }, read: (range) => core.store.read(upload, range) };
}

/** The digest of the first bytes as carried in the record, by which a client proves its file is the same. */
export async function prefixChecksum(
  core: Pick<CoreContext, "digests">,
  upload: Upload,
): Promise<{ length: number; checksum: string } | null> {
  if (upload.digestOffset === 0 || upload.digestState === null) return null;
  const digest = await core.digests.resume(upload.checksumAlgorithm, upload.digestState);
  if (digest === null) return null;
  try {
    return { length: upload.digestOffset, checksum: await digest.hex() };
  } finally {
    digest.release();
  }
}
