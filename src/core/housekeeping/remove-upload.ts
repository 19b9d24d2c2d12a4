import { reachUpload } from "../access.ts";
import { actorOf, audit, auditedId } from "../audit.ts";
import { changeRecord } from "../change-record.ts";
import { isNeeded } from "../concatenate/still-needed.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { LEASE_MS } from "../settings.ts";
import type { Upload } from "../upload.ts";
import { withRoom } from "./with-room.ts";

/** Ends an unfinished upload or removes a finished file, as its owner asks. */
export async function removeUpload(
  core: CoreContext,
  principal: Principal,
  id: string,
): Promise<void> {
  const upload = await reachUpload(core, principal, { id, action: "delete" });
  await removeRecord(core, upload);
  const { ownerId } = upload;
  const facts = { userId: actorOf(principal), uploadId: auditedId(upload), ownerId };
  audit(core.log, "upload-deleted", facts);
}

/**
 * Mark, bytes, record, in this order: from the mark on nobody sees it, and a start after a crash
 * goes on. A final takes its partials with it; what another final still needs is BUSY.
 */
export function removeRecord(core: CoreContext, upload: Upload): Promise<void> {
  const removeRest = async () => {
    const left = await core.uploads.find(upload.id);
    if (left !== null) await removeOnce(core, left);
  };
  return withRoom(core, () => removeOnce(core, upload), removeRest);
}

async function removeOnce(core: CoreContext, upload: Upload): Promise<void> {
  if (await isNeeded(core, upload)) throw needed();
  const { marked, before } = await mark(core, upload);
  // A final that was begun between look and mark has not seen the mark; one begun later sees it.
  if (await isNeeded(core, before)) {
    await core.uploads.update(marked, { state: before.state });
    throw needed();
  }
  await end(core, marked);
}

function needed(): UploadError {
  return new UploadError("BUSY", {
    message: "The upload's bytes are going into another upload; try again.",
    retryAfterMs: 2_000,
  });
}

/** The marked record, and the one that the mark found. */
async function mark(
  core: CoreContext,
  upload: Upload,
): Promise<{ marked: Upload; before: Upload }> {
  let before = upload;
  const marked = await changeRecord(core, upload, {
    decide: (record) => {
      before = record;
      return record.state === "deleting" ? null : { state: "deleting" };
    },
  });
  return { marked, before };
}

async function end(core: CoreContext, marked: Upload): Promise<void> {
  await quiesce(core, marked.id);
  await removeParts(core, marked);
  await core.store.remove(marked);
  await core.uploads.remove(marked.id);
  core.events.emit({ type: "deleted", upload: marked });
}

async function removeParts(core: CoreContext, final: Upload): Promise<void> {
  for (const id of new Set(final.parts)) {
    const partial = await core.uploads.find(id);
    if (partial?.finalId === final.id) await endPart(core, partial);
  }
}

/** A partial that somebody else is ending at this moment is no reason to stop. */
async function endPart(core: CoreContext, partial: Upload): Promise<void> {
  try {
    await end(core, (await mark(core, partial)).marked);
  } catch (error) {
    if (!isUploadError(error) || error.code !== "NOT_FOUND") throw error;
  }
}

/** Stops all writers, here and elsewhere, and waits until they have let go. */
export async function quiesce(core: CoreContext, uploadId: string): Promise<void> {
  await core.writers.stopAll(uploadId, new UploadError("NOT_FOUND"));
  if (core.claims === null) return;
  await core.claims.voidAll(uploadId);
  const deadline = core.clock.now().getTime() + LEASE_MS;
  while ((await core.claims.anyAlive(uploadId)) && core.clock.now().getTime() < deadline) {
    await core.clock.sleep(100);
  }
}
