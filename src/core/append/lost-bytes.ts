import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import { bytesLost } from "../transitions.ts";
import type { Upload } from "../upload.ts";

/**
 * The store holds only `length` bytes of an upload and the record says more: says so loudly, and
 * forgets what was held rather than lie. BUSY when the record has changed since `upload` was read:
 * what was looked for then tells nothing of what was sent since.
 */
export async function forgetLostBytes(
  core: CoreContext,
  upload: Upload,
  length: number,
): Promise<Upload> {
  // First of all: whoever writes now may be writing into what is gone, and must not commit it.
  core.writers.stop(
    upload.id,
    new UploadError("UNAVAILABLE", {
      message: "The store lost bytes of this upload; ask where to go on.",
      retryAfterMs: 1_000,
    }),
  );
  const reset = await core.uploads.update(upload, bytesLost);
  if (reset === null) throw new UploadError("BUSY", { retryAfterMs: 1_000 });
  core.log.error(
    { uploadId: upload.id, length, offset: upload.offset },
    "the store lost bytes of an upload",
  );
  core.events.emit({ type: "reset", upload: reset, lostFrom: length });
  return reset;
}
