import { reachUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { UploadEvent } from "../ports/events.ts";
import type { Principal } from "../principal.ts";

/** Events of one's own uploads, or of one of them. Anonymous uploads are not to be watched. */
export async function* watchUploads(
  core: CoreContext,
  principal: Principal,
  ask: { id?: string | undefined; signal: AbortSignal },
): AsyncGenerator<UploadEvent> {
  const id = ask.id ?? (principal.kind === "ticket" ? principal.uploadId : undefined);
  // Listening starts at the first `next()`, before the look at the record: a caller that reads the
  // upload after that misses nothing.
  const events = core.events.subscribe(ask.signal);
  if (id !== undefined) await reachUpload(core, principal, { id, action: "read" });
  if (principal.kind === "anonymous") throw new UploadError("UNAUTHENTICATED");
  for await (const event of events) {
    const mine = principal.kind === "ticket" || event.upload.ownerId === principal.id;
    // Partials stand in no list: only who knows one hears of it.
    const listed = mine && event.upload.concat !== "partial";
    const wanted = id === undefined ? listed : event.upload.id === id.toLowerCase();
    if (wanted) yield event;
  }
}
