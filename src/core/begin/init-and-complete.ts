import { verifyAndComplete } from "../complete/complete-upload.ts";
import type { CoreContext } from "../core.ts";
import { removeRecord } from "../housekeeping/remove-upload.ts";
import type { Principal } from "../principal.ts";
import type { InitRequest } from "../requests.ts";
import type { Upload } from "../upload.ts";
import { initUpload } from "./init-upload.ts";

/**
 * Creates an upload. An empty one created by tus is complete at once (tus, Creation: "Such an upload is
 * immediately complete"), unless the request has a body: then it completes at the end of the body. If
 * the completion is refused, no upload is created.
 */
export async function initAndComplete(
  core: CoreContext,
  principal: Principal,
  request: InitRequest,
): Promise<Upload> {
  const upload = await initUpload(core, principal, request);
  if (upload.origin !== "tus" || upload.size !== 0 || upload.concat !== null) return upload;
  if (request.bodyFollows === true) return upload;
  try {
    return await verifyAndComplete(core, upload, null);
  } catch (error) {
    await removeRecord(core, upload);
    throw error;
  }
}
