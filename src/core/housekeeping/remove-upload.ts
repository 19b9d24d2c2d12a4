import { reachUpload } from "../access.ts";
import { quiesce } from "../append/quiesce.ts";
import { actorOf, audit, auditedId } from "../audit.ts";
import { changeRecord } from "../change-record.ts";
import { isNeeded } from "../concatenate/still-needed.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import { exclusively } from "../exclusive.ts";
import type { Principal } from "../principal.ts";
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
  const facts = { principal: actorOf(principal), uploadId: auditedId(upload), ownerId };
  audit(core.log, "upload-deleted", facts);
}

/**
 * Removes an upload in this order: mark, bytes, record. After the mark the upload is invisible, and the next
 * start after a crash continues. The partials of a final are removed with it. Throws BUSY if another final
 * still needs the upload.
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
  // A final created before the mark has not seen it; a final created later sees it.
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
  // Another instance is removing it. If that instance dies, a later sweep removes the upload.
  await exclusively(core, { name: `delete ${marked.id}` }, async () => {
    await quiesce(core, marked.id, "delete");
    await removeParts(core, marked);
    await core.store.remove(marked);
    await core.uploads.remove(marked.id);
    core.events.emit({ type: "deleted", upload: marked });
  });
}

async function removeParts(core: CoreContext, final: Upload): Promise<void> {
  for (const id of new Set(final.parts)) {
    const partial = await core.uploads.find(id);
    if (partial?.finalId === final.id) await endPart(core, partial);
  }
}

/** Continues if another request is removing the partial at the same time. */
async function endPart(core: CoreContext, partial: Upload): Promise<void> {
  try {
    await end(core, (await mark(core, partial)).marked);
  } catch (error) {
    if (!isUploadError(error) || error.code !== "NOT_FOUND") throw error;
  }
}
