import type { CoreContext } from "../core.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { CLAIM_STALE_MS, claimAge } from "./partials.ts";

const PAGE = 100;

/**
 * Whether an unfinished final still needs the bytes or the record of a merged partial, or of another
 * final with its partials. The position of a partial's bytes in its final follows from the records of the
 * preceding parts of any owner: a final that reads one of them needs all of them. An expired final needs
 * nothing, unless it is being assembled at this moment.
 */
export async function isNeeded(core: CoreContext, upload: Upload): Promise<boolean> {
  if (upload.state === "deleting") return false;
  if (upload.concat === "final") return isRead(core, await withOwnParts(core, upload));
  if (upload.state !== "merged" || upload.finalId === null) return false;
  const holder = await core.uploads.find(upload.finalId);
  // Claimed for a final whose record is about to be written, unless the claiming process has died.
  if (holder === null) return claimAge(core, upload) < CLAIM_STALE_MS;
  return isRead(core, new Set([upload.id]));
}

/** A final with the partials that end with it. */
async function withOwnParts(core: CoreContext, final: Upload): Promise<Set<string>> {
  const ids = new Set([final.id]);
  for (const id of new Set(final.parts))
    if ((await core.uploads.find(id))?.finalId === final.id) ids.add(id);
  return ids;
}

/** Whether an unfinished final outside `ids` needs one of `ids`. */
async function isRead(core: CoreContext, ids: ReadonlySet<string>): Promise<boolean> {
  let afterId: string | undefined;
  for (;;) {
    const page = await core.uploads.readyToComplete({ afterId, limit: PAGE });
    for (const final of page) {
      if (final.concat !== "final" || ids.has(final.id)) continue;
      if ((await needsOneOf(core, final, ids)) && !(await isGivenUp(core, final))) return true;
    }
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return false;
  }
}

/** A final needs its parts, and where another final has the bytes of one, that final and all of its parts. */
async function needsOneOf(
  core: CoreContext,
  final: Upload,
  ids: ReadonlySet<string>,
): Promise<boolean> {
  for (const part of new Set(final.parts)) {
    if (ids.has(part)) return true;
    const holderId = (await core.uploads.find(part))?.finalId ?? final.id;
    if (ids.has(holderId)) return true;
    const holder = holderId === final.id ? null : await core.uploads.find(holderId);
    if (holder?.parts?.some((id) => ids.has(id))) return true;
  }
  return false;
}

async function isGivenUp(core: CoreContext, final: Upload): Promise<boolean> {
  if (uploadStatus(final, core.clock.now()) !== "expired") return false;
  return !core.completionWorker.isRunning(final.id) && !(await core.claims?.anyAlive(final.id));
}
