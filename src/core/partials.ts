import { findUpload } from "./access.ts";
import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import { forgetLostBytes } from "./lost-bytes.ts";
import { type Upload, uploadStatus } from "./upload.ts";

/**
 * How long a claimed partial without a final is left alone: whoever claimed it is about to write the
 * final, or has died on the way.
 */
export const CLAIM_STALE_MS = 30_000;

/**
 * The partial called `id` if it may go into the final `finalId` of `ownerId`: NOT_FOUND when it is
 * somebody else's or no partial, EXPIRED, INCOMPLETE, REJECTED when it went into another final.
 */
export async function findPartial(
  core: CoreContext,
  id: string,
  wanted: { ownerId: string | null; finalId: string; now: Date },
): Promise<Upload> {
  const partial = await findUpload(core, id);
  if (partial.concat !== "partial" || partial.ownerId !== wanted.ownerId) {
    throw new UploadError("NOT_FOUND");
  }
  if (uploadStatus(partial, wanted.now) === "expired") throw new UploadError("EXPIRED");
  requireWhole(partial);
  await requireFree(core, partial, wanted.finalId);
  const length = await core.store.length(partial);
  if (length >= partial.offset) return partial;
  requireWhole(await forgetLostBytes(core, partial, length));
  return partial;
}

/** INCOMPLETE unless every byte of the partial is held. */
function requireWhole({ id, size, offset }: Upload): void {
  if (size !== null && offset === size) return;
  throw new UploadError("INCOMPLETE", {
    message: "A part of the upload is not complete yet.",
    details: { part: id, missing: size === null ? [] : [[offset, size]] },
  });
}

/**
 * REJECTED when the partial's bytes belong to another final. A claim whose final was never written
 * is a crash's: it may be taken over once nobody can be at it any more, and is BUSY until then.
 */
async function requireFree(core: CoreContext, partial: Upload, finalId: string): Promise<void> {
  if (partial.state !== "merged" || partial.finalId === finalId) return;
  const other = partial.finalId === null ? null : await core.uploads.find(partial.finalId);
  if (other !== null) {
    throw new UploadError("REJECTED", {
      message: "A part has already gone into another upload.",
      details: { field: "parts", part: partial.id },
    });
  }
  const age = core.clock.now().getTime() - partial.updatedAt.getTime();
  if (age < CLAIM_STALE_MS) throw new UploadError("BUSY", { retryAfterMs: CLAIM_STALE_MS - age });
}

/** Marks the partial as part of `finalId`: from now on its bytes are that one's. Twice is no error. */
export async function claimPartial(
  core: CoreContext,
  seen: Upload,
  finalId: string,
): Promise<Upload> {
  let partial = seen;
  for (;;) {
    if (partial.state === "merged" && partial.finalId === finalId) return partial;
    requireWhole(partial);
    await requireFree(core, partial, finalId);
    const claimed = await core.uploads.update(partial, { state: "merged", finalId });
    if (claimed !== null) return claimed;
    partial = await findUpload(core, partial.id);
  }
}

/** Gives back what was claimed for a final that will not be; if somebody has written it after all, it keeps its partials. */
export async function releasePartials(
  core: CoreContext,
  partials: Iterable<Upload>,
  finalId: string,
): Promise<void> {
  if ((await core.uploads.find(finalId)) !== null) return;
  for (const { id } of partials) {
    const partial = await core.uploads.find(id);
    if (partial?.state !== "merged" || partial.finalId !== finalId) continue;
    await core.uploads.update(partial, { state: "uploading", finalId: null });
  }
}

/** Whether an unfinished final still needs the partial's bytes. */
export async function isNeeded(
  core: Pick<CoreContext, "uploads">,
  partial: Upload,
): Promise<boolean> {
  if (partial.state !== "merged" || partial.finalId === null) return false;
  return (await core.uploads.find(partial.finalId))?.state === "uploading";
}
