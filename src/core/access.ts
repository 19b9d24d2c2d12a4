import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import { mayReach, type Principal, type UploadAction } from "./principal.ts";
import type { Upload } from "./upload.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The record with this id. Throws NOT_FOUND if it does not exist or is being deleted. */
export async function findUpload(core: Pick<CoreContext, "uploads">, id: string): Promise<Upload> {
  // What is no UUID never reaches the database: no driver has to digest hostile ids.
  const upload = uuid.test(id) ? await core.uploads.find(id.toLowerCase()) : null;
  return requireThere(upload);
}

function requireThere(upload: Upload | null): Upload {
  if (upload === null || upload.state === "deleting") throw new UploadError("NOT_FOUND");
  return upload;
}

/**
 * The record called `id`, if `principal` may do `action` to it; else NOT_FOUND, as if it were not there.
 * `seen`: the record, if this request has read it already.
 */
export async function reachUpload(
  core: Pick<CoreContext, "uploads" | "settings">,
  principal: Principal,
  ask: { id: string; action: UploadAction; seen?: Upload | null | undefined },
): Promise<Upload> {
  const upload = requireThere(ask.seen ?? (await findUpload(core, ask.id)));
  const { action } = ask;
  if (!mayReach(principal, upload, { action, policy: core.settings.access })) {
    throw new UploadError("NOT_FOUND");
  }
  return upload;
}

/**
 * Checks a permission again during a request. Throws UNAUTHENTICATED if the credential was revoked or its
 * user disabled since the request started, NOT_FOUND if the upload is no longer accessible.
 */
export async function requireStill(
  core: Pick<CoreContext, "recheck" | "settings">,
  principal: Principal,
  ask: { upload: Pick<Upload, "id" | "ownerId">; action: UploadAction },
): Promise<void> {
  const current = await core.recheck(principal);
  if (current === null) throw new UploadError("UNAUTHENTICATED");
  const { upload, action } = ask;
  if (!mayReach(current, upload, { action, policy: core.settings.access })) {
    throw new UploadError("NOT_FOUND");
  }
}

/** The owner that a new upload of `principal` gets. UNAUTHENTICATED for tickets: they begin nothing. */
export function newOwner(principal: Principal): string | null {
  if (principal.kind === "user") return principal.id;
  if (principal.kind === "anonymous") return null;
  throw new UploadError("UNAUTHENTICATED");
}
