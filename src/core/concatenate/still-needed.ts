import type { CoreContext } from "../core.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { CLAIM_STALE_MS } from "./partials.ts";

const PAGE = 100;

/** A final, and the partials of which it was made. */
type Holder = Pick<Upload, "id" | "parts">;

/**
 * Whether an unfinished final still needs the bytes or the record of a merged partial, or of another
 * final. Where a partial's bytes lie in its final is told by the records of the parts before it: who
 * reads one of them needs them all. A final whose time is over needs nothing, unless somebody is at
 * it at this moment.
 */
export async function isNeeded(core: CoreContext, upload: Upload): Promise<boolean> {
  if (upload.state === "deleting") return false;
  if (upload.concat === "final") return isRead(core, upload, upload);
  if (upload.state !== "merged" || upload.finalId === null) return false;
  const holder = await core.uploads.find(upload.finalId);
  // Claimed for a final that is about to be written, unless whoever claimed it has died.
  if (holder === null) return claimAge(core, upload) < CLAIM_STALE_MS;
  return isRead(core, upload, holder);
}

/** Whether anybody but `upload` itself reads parts whose bytes `holder` has, or is getting. */
async function isRead(core: CoreContext, upload: Upload, holder: Holder): Promise<boolean> {
  const parts = new Set(holder.parts);
  let afterId: string | undefined;
  for (;;) {
    const page = await core.uploads.ripe({ afterId, limit: PAGE });
    for (const other of page) {
      const shared = (other.parts ?? []).filter((id) => parts.has(id));
      if (other.id === upload.id || shared.length === 0 || (await isGivenUp(core, other))) continue;
      if (await anyIn(core, shared, holder.id)) return true;
    }
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return false;
  }
}

async function anyIn(
  core: CoreContext,
  parts: readonly string[],
  holderId: string,
): Promise<boolean> {
  for (const id of new Set(parts))
    if ((await core.uploads.find(id))?.finalId === holderId) return true;
  return false;
}

async function isGivenUp(core: CoreContext, final: Upload): Promise<boolean> {
  if (uploadStatus(final, core.clock.now()) !== "expired") return false;
  return !core.finisher.isRunning(final.id) && !(await core.claims?.anyAlive(final.id));
}

function claimAge(core: CoreContext, partial: Upload): number {
  return core.clock.now().getTime() - partial.updatedAt.getTime();
}
