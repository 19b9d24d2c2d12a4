import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import { totalLength } from "./ranges.ts";
import { receivedRanges, type Upload } from "./upload.ts";

/** QUOTA_EXCEEDED; `used` is what the owner's other uploads need. Bytes. */
export function quotaExceeded(quota: number, used: number): UploadError {
  return new UploadError("QUOTA_EXCEEDED", { details: { quota, used } });
}

/**
 * QUOTA_EXCEEDED when an upload of `bytes` in all does not fit beside its owner's others. Asked only
 * while the length is deferred: a declared one was counted as the upload began.
 */
export async function requireRoom(
  core: Pick<CoreContext, "settings" | "uploads">,
  upload: Upload,
  bytes: number,
): Promise<void> {
  const { quotaBytes } = core.settings;
  if (quotaBytes === null || upload.ownerId === null || upload.size !== null) return;
  const used = await core.uploads.usage(upload.ownerId);
  const others = used - totalLength(receivedRanges(upload));
  if (others + bytes > quotaBytes) throw quotaExceeded(quotaBytes, others);
}
