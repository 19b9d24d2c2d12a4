import { reachUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { UploadEvent } from "../ports/events.ts";
import type { Principal } from "../principal.ts";

/**
 * Events of the principal's own uploads, or of one upload. Anonymous uploads cannot be watched.
 * The right to watch is checked again before each event: UNAUTHENTICATED once it has ended.
 */
export async function* watchUploads(
  core: CoreContext,
  principal: Principal,
  ask: { id?: string | undefined; signal: AbortSignal },
): AsyncGenerator<UploadEvent> {
  const id = ask.id ?? (principal.kind === "ticket" ? principal.uploadId : undefined);
  // Listening starts at the first `next()`, before the look at the record: a client that reads the
  // upload after that misses nothing.
  const events = core.events.subscribe(ask.signal);
  if (id !== undefined) await reachUpload(core, principal, { id, action: "read" });
  if (principal.kind === "anonymous") throw new UploadError("UNAUTHENTICATED");
  for await (const event of events) {
    const mine = principal.kind === "ticket" || event.upload.ownerId === principal.id;
    // Partials are in no list: only a client that names one gets its events.
    const listed = mine && event.upload.concat !== "partial";
    const wanted = id === undefined ? listed : event.upload.id === id.toLowerCase();
    if (!wanted) continue;
    if (!(await mayStillWatch(core, principal))) throw new UploadError("UNAUTHENTICATED");
    yield event;
  }
}

/** A stream has no end of its own, so that here a ticket's expiry counts too. */
async function mayStillWatch(core: CoreContext, principal: Principal): Promise<boolean> {
  const expired = principal.kind === "ticket" && principal.expiresAt <= core.clock.now();
  return !expired && (await core.recheck(principal)) !== null;
}
