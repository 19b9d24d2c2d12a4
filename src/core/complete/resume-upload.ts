import { reachSettled } from "../append/settle-writers.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { isReadyToComplete } from "./completion-worker.ts";

/** How long a request for the offset waits for a completion that a crash interrupted. Milliseconds. */
const RESUME_WAIT_MS = 1_000;

/**
 * The state of an upload, for a client that resumes. Throws EXPIRED. An upload that has all bytes is
 * completed now, and the assembly of a final is started if it is not running: a tus client sends no further
 * request once the offset equals the length. Throws REJECTED if the whole file was refused.
 */
export async function resumeUpload(
  core: CoreContext,
  principal: Principal,
  id: string,
): Promise<Upload> {
  const upload = await reachSettled(core, principal, { id, action: "read" });
  if (uploadStatus(upload, core.clock.now()) === "expired") throw new UploadError("EXPIRED");
  if (!isReadyToComplete(upload)) return upload;
  core.completionWorker.schedule(upload);
  if (upload.concat === "final") return upload;
  const failure = await core.completionWorker.settled(upload.id, RESUME_WAIT_MS);
  if (isUploadError(failure) && failure.code === "REJECTED") throw failure;
  return (await core.uploads.find(upload.id)) ?? upload;
}
