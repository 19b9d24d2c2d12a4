import { appendChunk } from "./append-chunk.ts";
import { verifyAndComplete } from "./complete-upload.ts";
import type { CoreContext } from "./core.ts";
import type { Principal } from "./principal.ts";
import type { AppendRequest } from "./requests.ts";
import type { Upload } from "./upload.ts";

/**
 * Takes a body in and, when it was the last of an upload that completes by itself (begun by tus, or
 * its last byte came by a tus PATCH), completes it with the server's own digest.
 */
export async function appendAndComplete(
  core: CoreContext,
  principal: Principal,
  request: AppendRequest,
): Promise<Upload> {
  const upload = await appendChunk(core, principal, request);
  const completesItself = upload.origin === "tus" || request.completeWhenFull === true;
  if (!completesItself || upload.size === null || upload.offset < upload.size) return upload;
  return verifyAndComplete(core, upload, null);
}
