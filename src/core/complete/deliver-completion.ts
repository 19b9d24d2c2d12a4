import { changeRecord } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import { profileOf } from "../profiles.ts";
import type { Upload } from "../upload.ts";
import { DELIVERY_LEASE_MS, DeliveryLease } from "./delivery-lease.ts";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 3_600_000;
/** So many `onComplete`s run at a time on behalf of the outbox. */
const MAX_DELIVERIES = 8;
/** One that runs for longer holds no place among them: as many as hang must not stop all others. */
const SLOW_MS = 60_000;

/** An `onComplete` that is running. */
export interface Delivery {
  /** Never rejects. */
  readonly ended: Promise<void>;
  readonly startedAt: Date;
}

/**
 * Delivers the upload's completion and waits at most `ms` milliseconds. A slower `onComplete` continues in
 * the background, and the response contains `pending`. A repeated call joins the running delivery.
 */
export async function deliverWithin(
  core: CoreContext,
  upload: Upload,
  ms: number,
): Promise<Upload> {
  const delivery = deliver(core, upload.id);
  const ended = new AbortController();
  await Promise.race([delivery, core.clock.sleep(ms, ended.signal)]);
  ended.abort();
  return (await core.uploads.find(upload.id)) ?? upload;
}

/**
 * Begins to deliver what is due now, as far as there is room: an `onComplete` that takes its time
 * holds up neither a start nor the others. Called every few seconds.
 */
export async function deliverDue(core: CoreContext): Promise<void> {
  const now = core.clock.now();
  const running = [...core.deliveries.values()];
  const slowSince = now.getTime() - SLOW_MS;
  const room =
    MAX_DELIVERIES - running.filter(({ startedAt }) => startedAt.getTime() > slowSince).length;
  if (room <= 0) return;
  // A delivery that runs here longer than its lease can be due too: it must not take a slot of another one.
  const due = await core.outbox.due(now, room + running.length);
  const waiting = due.filter(({ uploadId }) => !core.deliveries.has(uploadId));
  for (const { uploadId } of waiting.slice(0, room)) void deliver(core, uploadId);
}

/** Never rejects: a failed delivery is due again later, and the record shows the failure. */
function deliver(core: CoreContext, uploadId: string): Promise<void> {
  const running = core.deliveries.get(uploadId);
  if (running !== undefined) return running.ended;
  const over = new AbortController();
  const ended = attempt(core, uploadId)
    .catch((error: unknown) => core.log.error({ error, uploadId }, "completion not delivered"))
    .finally(() => {
      core.deliveries.delete(uploadId);
      over.abort();
    });
  core.deliveries.set(uploadId, { ended, startedAt: core.clock.now() });
  void warnWhenSlow(core, uploadId, over.signal);
  return ended;
}

/** A running `onComplete` cannot be ended from outside: a hanging one is logged. */
async function warnWhenSlow(core: CoreContext, uploadId: string, over: AbortSignal): Promise<void> {
  await core.clock.sleep(SLOW_MS, over);
  if (!over.aborted) core.log.warn({ uploadId }, "onComplete has been running for a minute");
}

async function attempt(core: CoreContext, uploadId: string): Promise<void> {
  const entry = await core.outbox.findByUpload(uploadId);
  const upload = await core.uploads.find(uploadId);
  if (entry === null || upload?.state !== "complete") return;
  const now = core.clock.now();
  const until = new Date(now.getTime() + DELIVERY_LEASE_MS);
  if (entry.dueAt > now || !(await core.outbox.lease(entry, { now, until }))) return;
  if (upload.completion !== "done") {
    const lease = new DeliveryLease(core, entry.id, until);
    const delivered = await runAndRecord(core, { entry, upload, lease });
    core.events.emit({ type: "delivered", upload: delivered });
    if (delivered.completion !== "done") return;
  }
  // Last: what came between the result and this has delivered nothing less.
  await core.outbox.done(entry.id);
}

interface Owed {
  readonly entry: OutboxEntry;
  readonly upload: Upload;
  readonly lease: DeliveryLease;
}

/** The record with the result of `onComplete`. The first success is final. */
async function runAndRecord(core: CoreContext, owed: Owed): Promise<Upload> {
  const { upload, lease } = owed;
  try {
    const result = core.codec.encode((await lease.during(() => runHook(core, upload))) ?? null);
    const done = { completion: "done", completionError: null, result } as const;
    const decide = (record: Upload) => (record.completion === "done" ? null : done);
    return await changeRecord(core, upload, { decide });
  } catch (error) {
    return recordFailure(core, { ...owed, error });
  }
}

async function runHook(core: CoreContext, upload: Upload): Promise<unknown> {
  const { onComplete } = profileOf(core.profiles, upload.profile);
  const owner = upload.ownerId === null ? null : await core.users.find(upload.ownerId);
  return onComplete?.({
    upload,
    metadata: upload.metadata,
    principal: owner && { id: owner.id, email: owner.email },
    open: (range = { start: 0, end: upload.size ?? 0 }) => core.store.read(upload, range),
  });
}

async function recordFailure(
  core: CoreContext,
  failure: Owed & { error: unknown },
): Promise<Upload> {
  const { entry, upload, lease, error } = failure;
  const message = error instanceof Error ? error.message : String(error);
  const delay = Math.min(FIRST_RETRY_MS * 2 ** entry.attempts, LAST_RETRY_MS);
  const dueAt = new Date(core.clock.now().getTime() + delay);
  core.log.error(
    { error, uploadId: upload.id, attempts: entry.attempts + 1, dueAt },
    "onComplete failed",
  );
  await core.outbox.failed(entry.id, { held: lease.until, dueAt });
  const failed = { completion: "failed", completionError: message.slice(0, 1_000) } as const;
  // Another instance that believed this one dead may have delivered it.
  const decide = (record: Upload) => (record.completion === "done" || lease.isLost ? null : failed);
  return changeRecord(core, upload, { decide });
}
