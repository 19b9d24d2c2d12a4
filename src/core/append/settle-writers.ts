import { findUpload, reachUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import type { Principal, UploadAction } from "../principal.ts";
import { SETTLE_MS } from "../settings.ts";
import type { Upload } from "../upload.ts";

/** So much of it is spent on waiting for bytes that are still on their way; the rest on the commit. */
const ARRIVAL_MS = 150;
/** Writers that get no byte during so many looks, so many ms apart, have received all there is. */
const QUIET_LOOKS = 4;
const LOOK_MS = 5;

/**
 * As `reachUpload`, after the live writers of the upload, on all instances, have committed what they
 * received. Waits at most `SETTLE_MS`, and not at all for a writer of this instance that cannot commit
 * before its body has ended.
 */
export async function reachSettled(
  core: CoreContext,
  principal: Principal,
  ask: { id: string; action: UploadAction },
): Promise<Upload> {
  // Before the look at the record: what a writer commits after it and before its end must count.
  const isLive = hasLiveWriters(core, ask.id.toLowerCase());
  return settleWriters(core, await reachUpload(core, principal, ask), isLive);
}

/** The record of `seen`, after its writers have settled (see `reachSettled`). NOT_FOUND when it is gone. */
export async function settleWriters(
  core: CoreContext,
  seen: Upload,
  isLive = hasLiveWriters(core, seen.id),
): Promise<Upload> {
  const { id } = seen;
  // A final accepts no bytes from a client; its state identifies it, not its offset.
  if (seen.concat === "final" || seen.state !== "uploading") return seen;
  const epochs = await elsewhere(core, id);
  if (!isLive && epochs.length === 0) return seen;
  await Promise.all([
    isLive ? commitReceived(core, id) : undefined,
    core.peers?.ask({ kind: "settle", uploadId: id }, { epochs, ms: SETTLE_MS }),
  ]);
  const upload = await findUpload(core, id);
  core.writers.report(id, upload.offset);
  return upload;
}

/** Has the live writers of the upload here commit what they have received, within `SETTLE_MS`. */
export async function commitReceived(core: CoreContext, id: string): Promise<void> {
  const over = new AbortController();
  await Promise.race([settle(core, id, over.signal), core.clock.sleep(SETTLE_MS, over.signal)]);
  over.abort();
}

/** The claims of writers on other instances. */
async function elsewhere(core: CoreContext, id: string): Promise<number[]> {
  if (core.claims === null || core.peers === undefined) return [];
  const here = new Set(core.writers.writing(id).map(({ epoch }) => epoch));
  return (await core.claims.alive(id)).filter((epoch) => !here.has(epoch));
}

function hasLiveWriters({ writers }: CoreContext, id: string): boolean {
  return writers.isStarting(id) || writers.committing(id).length > 0;
}

async function settle(core: CoreContext, id: string, over: AbortSignal): Promise<void> {
  await awaitQuiet(core, id, over);
  // The writer's own client receives the error that keeps it from committing.
  const commits = core.writers.committing(id).map(({ committer }) => committer?.commit());
  await Promise.allSettled(commits);
}

/**
 * Resolves when nothing arrives any more. After a cut, bytes may still be in the sockets' buffers.
 * Several short waits rather than a long one: each lets the event loop read what has arrived.
 */
async function awaitQuiet(core: CoreContext, id: string, over: AbortSignal): Promise<void> {
  const { clock, writers } = core;
  let before = -1;
  let looks = 0;
  for (let waited = 0; waited < ARRIVAL_MS && looks < QUIET_LOOKS; waited += LOOK_MS) {
    if (over.aborted || !hasLiveWriters(core, id)) return;
    const live = writers.committing(id).flatMap(({ committer }) => committer ?? []);
    const received = live.reduce((sum, { position }) => sum + position, 0);
    const isIdle = !writers.isStarting(id) && live.every((committer) => committer.isIdle);
    looks = isIdle && received === before ? looks + 1 : 0;
    before = received;
    await clock.sleep(LOOK_MS, over);
  }
}
