import type { CoreContext } from "../core.ts";
import { highestHeld } from "../ranges.ts";
import { receivedRanges, type Upload } from "../upload.ts";

/**
 * Frees what a failed body left in the store beyond the record: on a full disk nothing could be
 * written again, and refused bytes count against no quota. The failure of the body is what matters
 * to its sender, so that a failure in here is logged only.
 */
export async function freeRefusedBytes(core: CoreContext, upload: Upload): Promise<void> {
  try {
    await core.store.cutBeyond(upload, async () => {
      const record = await core.uploads.find(upload.id);
      return record?.state === "uploading" ? highestHeld(receivedRanges(record)) : null;
    });
  } catch (error) {
    core.log.warn(
      { err: error, uploadId: upload.id },
      "could not free the bytes of a refused body",
    );
  }
}
