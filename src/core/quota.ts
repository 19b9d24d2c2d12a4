import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import { totalLength } from "./ranges.ts";
import { receivedRanges, type Upload } from "./upload.ts";

/** QUOTA_EXCEEDED; `used` is what the owner's other uploads need. Bytes. */
export function quotaExceeded(quota: number, used: number): UploadError {
  return new UploadError("QUOTA_EXCEEDED", { details: { quota, used } });
}

/**
 * Throws QUOTA_EXCEEDED if an upload of `bytes` in total does not fit into its owner's quota. Checked only
 * while the length is deferred: a declared length was counted at the creation of the upload.
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

/**
 * Runs `count`, by which an upload comes to have `bytes` in all, if these fit as `requireRoom` says.
 * Of several that are counted at once, those stay that still fit when their turn comes.
 */
export async function countWithinQuota<T>(
  core: Pick<CoreContext, "settings" | "uploads" | "mutex">,
  { upload, bytes, count }: { upload: Upload; bytes: number; count: () => Promise<T> },
): Promise<T> {
  const { ownerId, size } = upload;
  if (core.settings.quotaBytes === null || ownerId === null || size !== null) return count();
  return core.mutex.runExclusive(turnOf(ownerId), async () => {
    await requireRoom(core, upload, bytes);
    return count();
  });
}

function turnOf(ownerId: string): string {
  return `quota ${ownerId}`;
}

/**
 * Writes the record of a new upload if its `bytes` fit into its owner's quota. Throws QUOTA_EXCEEDED.
 * Concurrent calls for one owner are checked one after the other.
 */
export async function insertWithinQuota(
  core: Pick<CoreContext, "settings" | "uploads" | "claims" | "mutex">,
  upload: Upload,
  bytes = upload.size ?? 0,
): Promise<void> {
  const { ownerId } = upload;
  const quota = core.settings.quotaBytes;
  if (quota === null || ownerId === null) return core.uploads.insert(upload);
  await core.mutex.runExclusive(turnOf(ownerId), async () => {
    const used = await core.uploads.usage(ownerId);
    if (used + bytes > quota) throw quotaExceeded(quota, used);
    await core.uploads.insert(upload);
    // The lock of the turn ends with its database connection: another instance may have inserted one meanwhile.
    if (core.claims === null || (await core.uploads.usage(ownerId)) <= quota) return;
    await core.uploads.remove(upload.id);
    throw quotaExceeded(quota, used);
  });
}
