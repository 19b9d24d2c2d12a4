import type { CoreContext } from "../core.ts";
import { LEASE_MS, SETTLE_MS } from "../settings.ts";
import { stopped } from "./writers.ts";

/** How often the claims of writers on other instances that do not respond are checked. Milliseconds. */
const LOOK_MS = 100;

/**
 * Stops all writers of an upload, here and on other instances, and waits until they have ended. Bytes
 * that they have not committed are discarded. Writers of a dead instance end with their lease.
 */
export async function quiesce(
  core: CoreContext,
  uploadId: string,
  because: "complete" | "delete",
): Promise<void> {
  await core.writers.stopAll(uploadId, stopped(because));
  const { claims, peers, clock } = core;
  if (claims === null) return;
  await claims.voidAll(uploadId);
  let epochs = await claims.alive(uploadId);
  if (epochs.length > 0) await peers?.ask({ kind: because, uploadId }, { epochs, ms: SETTLE_MS });
  const deadline = clock.now().getTime() + LEASE_MS;
  while (epochs.length > 0) {
    epochs = await claims.alive(uploadId);
    if (epochs.length === 0 || clock.now().getTime() >= deadline) return;
    await clock.sleep(LOOK_MS);
  }
}
