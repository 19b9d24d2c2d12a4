import { reachSettled } from "../append/settle-writers.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { isRipe } from "./finisher.ts";

/** How long a question where to go on waits for a completion that a crash had cut short. */
const RESUME_WAIT_MS = 1_000;

/**
 * Where an upload stands, for a client that wants to go on. EXPIRED. One that is full and was not
 * completed gets completed now, and a final that nobody puts together is begun with: a tus client
 * that hears of every byte asks for nothing more. REJECTED when the whole file was refused.
 */
export async function resumeUpload(
  core: CoreContext,
  principal: Principal,
  id: string,
): Promise<Upload> {
  const upload = await reachSettled(core, principal, { id, action: "read" });
  if (uploadStatus(upload, core.clock.now()) === "expired") throw new UploadError("EXPIRED");
  if (!isRipe(upload)) return upload;
  core.finisher.kick(upload);
  if (upload.concat === "final") return upload;
  const failure = await core.finisher.settled(upload.id, RESUME_WAIT_MS);
  if (isUploadError(failure) && failure.code === "REJECTED") throw failure;
  return (await core.uploads.find(upload.id)) ?? upload;
}
