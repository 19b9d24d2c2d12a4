import { settleWriters } from "../append/settle-writers.ts";
import { readFilename } from "../begin/filename.ts";
import { readRelativePath } from "../begin/relative-path.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import type { StoredIdentity, UploadPage } from "../ports/uploads.ts";
import type { Principal, UserPrincipal } from "../principal.ts";
import type { FileIdentity } from "../requests.ts";
import type { Upload } from "../upload.ts";
import type { ListQuery } from "../upload-service.ts";

/** UNAUTHENTICATED for tickets and anonymous callers: lists belong to users. */
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
  const now = core.clock.now();
  const found = await core.uploads.resumable({ ownerId, filename, size: ask.size, now });
  const settled = await Promise.all(
    found.map((upload) => settleWriters(core, upload).catch(nullIfMissing)),
  );
  return settled.flatMap((upload) => (upload?.state === "uploading" ? [upload] : []));
}

function nullIfMissing(error: unknown): null {
  if (isUploadError(error) && error.code === "NOT_FOUND") return null;
  throw error;
}

/** The user's own complete uploads of these files; see `UploadService.existing`. */
export async function existingUploads(
  core: CoreContext,
  principal: Principal,
  files: readonly FileIdentity[],
): Promise<Upload[][]> {
  const ownerId = requireUser(principal).id;
  const identities = files.map(readIdentity);
  const known = identities.filter((identity) => identity !== null);
  const found = known.length === 0 ? [] : await core.uploads.existing(ownerId, known);
  const byIdentity = new Map(known.map((identity, index) => [identity, found[index] ?? []]));
  return identities.map((identity) => (identity && byIdentity.get(identity)) ?? []);
}

/** As `init` would store it; null when `init` would refuse it. */
function readIdentity({ filename: given, size, path }: FileIdentity): StoredIdentity | null {
  try {
    const filename = readFilename(given);
    return { filename, size, path: readRelativePath(path, filename) };
  } catch (error) {
    if (isUploadError(error) && error.code === "REJECTED") return null;
    throw error;
  }
}
