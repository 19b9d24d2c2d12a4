import { findUpload } from "./access.ts";
import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import type { ClaimGuard, UploadChanges } from "./ports/uploads.ts";
import type { Upload } from "./upload.ts";

type Records = Pick<CoreContext, "uploads">;

/**
 * Changes a record by compare-and-swap. After each conflict `decide` is called again with the newer record.
 * It throws if the change is no longer valid, and returns null if there is nothing to change. Throws BUSY
 * if the guard's claim was overtaken.
 */
export async function changeRecord(
  core: Records,
  seen: Upload,
  change: { decide: (upload: Upload) => UploadChanges | null; guard?: ClaimGuard | undefined },
): Promise<Upload> {
  let upload = seen;
  for (;;) {
    const changes = change.decide(upload);
    if (changes === null) return upload;
    const changed = await core.uploads.update(upload, changes, change.guard);
    if (changed !== null) return changed;
    const current = await findUpload(core, upload.id);
    // The version is the same, so the guard's claim no longer holds.
    if (current.version === upload.version) throw new UploadError("BUSY", { retryAfterMs: 1_000 });
    upload = current;
  }
}

/** For changes that bytes bring: only an upload that is still open takes them. */
export function requireOpen(upload: Upload): void {
  if (upload.state === "complete" || upload.state === "merged")
    throw new UploadError("ALREADY_COMPLETE");
  if (upload.state === "swept") throw new UploadError("EXPIRED");
}
