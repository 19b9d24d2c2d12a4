import { readFilename } from "../begin/filename.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { UploadPage } from "../ports/uploads.ts";
import type { Principal, UserPrincipal } from "../principal.ts";
import type { Upload } from "../upload.ts";
import type { ListQuery } from "../upload-service.ts";

/** Lists belong to users: neither a ticket nor nobody has one. */
function requireUser(principal: Principal): UserPrincipal {
  if (principal.kind !== "user") throw new UploadError("UNAUTHENTICATED");
  return principal;
}

/** The user's uploads, newest first; everybody's where uploads are not restricted to their users. */
export async function listUploads(
  core: CoreContext,
  principal: Principal,
  query: ListQuery,
): Promise<UploadPage> {
  const user = requireUser(principal);
  return core.uploads.list({
    ...query,
    ownerId: core.settings.access.userRestricted ? user.id : undefined,
    includeOwnerless: false,
    sort: "createdAt",
    order: "desc",
    now: core.clock.now(),
  });
}

/** The user's own unfinished uploads of a file with this name and size, newest first. */
export async function resumableUploads(
  core: CoreContext,
  principal: Principal,
  ask: { filename: string; size: number },
): Promise<Upload[]> {
  const ownerId = requireUser(principal).id;
  const filename = readFilename(ask.filename);
  return core.uploads.resumable({ ownerId, filename, size: ask.size, now: core.clock.now() });
}
