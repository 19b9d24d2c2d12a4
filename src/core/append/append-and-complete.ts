import { findUpload } from "../access.ts";
import { verifyAndComplete } from "../complete/complete-upload.ts";
import type { CoreContext } from "../core.ts";
import type { Principal } from "../principal.ts";
import type { AppendRequest } from "../requests.ts";
import type { Upload } from "../upload.ts";
import { appendChunk } from "./append-chunk.ts";
import { BodyInterrupted } from "./read-body.ts";

/**
 * Appends a body. If it was the last one of an upload that completes automatically (created by tus, or the
 * last byte came by a tus PATCH), completes the upload with the digest that the server computed.
 */
export async function appendAndComplete(
  core: CoreContext,
  principal: Principal,
  request: AppendRequest,
): Promise<Upload> {
  const upload = await appendChunk(core, principal, request).catch(async (error: unknown) => {
    if (error instanceof BodyInterrupted) await finishIfFull(core, request.id);
    throw error;
  });
  if (upload.concat === "partial") return upload;
  const completesItself = upload.origin === "tus" || request.completeWhenFull === true;
  if (!completesItself || upload.size === null || upload.offset < upload.size) return upload;
  return verifyAndComplete(core, upload, null);
}

/** A body can break after its last byte was committed: the client then learns that it is complete and sends nothing more. */
async function finishIfFull(core: CoreContext, id: string): Promise<void> {
  const upload = await findUpload(core, id).catch(() => null);
  if (upload !== null) core.completionWorker.schedule(upload);
}
