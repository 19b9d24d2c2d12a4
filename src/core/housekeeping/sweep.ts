import { quiesce } from "../append/quiesce.ts";
import { changeRecord } from "../change-record.ts";
import { isNeeded } from "../concatenate/still-needed.ts";
import type { CoreContext } from "../core.ts";
import type { StoredObject } from "../ports/chunk-store.ts";
import { totalLength } from "../ranges.ts";
import type { SweepOptions, SweepReport } from "../requests.ts";
import { bytesLost } from "../transitions.ts";
import { receivedRanges, type Upload } from "../upload.ts";
import { recover } from "./recover.ts";
import { removeRecord } from "./remove-upload.ts";
import { withRoom } from "./with-room.ts";

const PAGE = 100;
/** An unfinished file without a record may be a record about to be written: it gets this much time. */
const ORPHAN_GRACE_MS = 3_600_000;

/** Work that has not finished within this time has failed, and is retried. Milliseconds. */
const UNDER_WAY_MS = 60_000;

interface Tally {
  files: number;
  records: number;
  bytes: number;
  strays: string[];
  looked: number;
}

/**
 * Removes what expired: bytes and records (or bytes only), as `delete_expired_uploads` of the
 * original does; and, when asked, unfinished files that no record names. A finished file without a
 * record is reported, never removed: a database restored from a backup must not cost files.
 */
export async function sweep(core: CoreContext, options: SweepOptions): Promise<SweepReport> {
  const tally = await sweepAll(core, options);
  const { files, records, bytes, strays } = tally;
  return { files, records, bytes, strays };
}

async function sweepAll(core: CoreContext, options: SweepOptions): Promise<Tally> {
  const tally: Tally = { files: 0, records: 0, bytes: 0, strays: [], looked: 0 };
  const now = core.clock.now();
  let afterId: string | undefined;
  for (;;) {
    const swept = options.keptRecords === true && !options.keepRecord;
    const page = await core.uploads.expired(now, { afterId, limit: PAGE, swept });
    for (const upload of page) {
      if (options.signal?.aborted) return tally;
      await sweepOne(core, { upload, options, tally });
      count(tally, options);
    }
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) break;
  }
  if (options.signal?.aborted) return tally;
  await core.claims?.prune();
  if (!options.dryRun) await core.sessions.prune(now);
  if (!options.dryRun) await recover(core, new Date(now.getTime() - UNDER_WAY_MS));
  if (options.orphans) await sweepOrphans(core, { options, tally, now });
  return tally;
}

function count(tally: Tally, { progress }: SweepOptions): void {
  tally.looked += 1;
  progress?.({ looked: tally.looked, files: tally.files, bytes: tally.bytes });
}

async function sweepOne(
  core: CoreContext,
  job: { upload: Upload; options: SweepOptions; tally: Tally },
): Promise<void> {
  const { upload, options, tally } = job;
  // A request that started before the expiry is still sending: the next sweep decides.
  if (core.writers.isWriting(upload.id) || (await core.claims?.anyAlive(upload.id))) return;
  // A final that is being assembled, and its partials, are still needed.
  if (core.completionWorker.isRunning(upload.id) || (await isNeeded(core, upload))) return;
  if (options.confirm && !(await options.confirm(upload))) return;
  // A merged partial's bytes went over to its final, if that was ever written.
  const bytes =
    upload.state === "merged"
      ? await core.store.length(upload)
      : totalLength(receivedRanges(upload));
  if (!options.dryRun && !(await removeQuietly(core, upload, options))) return;
  tally.files += bytes > 0 ? 1 : 0;
  tally.records += options.keepRecord ? 0 : 1;
  tally.bytes += bytes;
}

/** False when nothing was removed. One upload that cannot be removed must not keep the others. */
async function removeQuietly(
  core: CoreContext,
  upload: Upload,
  { keepRecord }: SweepOptions,
): Promise<boolean> {
  try {
    return await withRoom(core, () =>
      keepRecord ? keepOnlyRecord(core, upload) : removeExpired(core, upload),
    );
  } catch (error) {
    core.log.error({ error, uploadId: upload.id }, "could not sweep an upload");
    return false;
  }
}

async function removeExpired(core: CoreContext, upload: Upload): Promise<boolean> {
  const marked = await mark(core, upload, "deleting");
  if (marked === null) return false;
  await removeRecord(core, marked);
  return true;
}

async function keepOnlyRecord(core: CoreContext, upload: Upload): Promise<boolean> {
  const swept = await mark(core, upload, "swept");
  if (swept === null) return false;
  await quiesce(core, upload.id, "delete");
  await core.store.remove(swept);
  const { storeState } = core.store.place(swept);
  const gone = await changeRecord(core, swept, { decide: () => ({ ...bytesLost, storeState }) });
  core.events.emit({ type: "expired", upload: gone });
  return true;
}

/**
 * The marked record; null if the upload has changed since it was listed (it was completed or extended, for
 * example), or if a final that was created before the mark needs it.
 */
async function mark(
  core: CoreContext,
  upload: Upload,
  state: "deleting" | "swept",
): Promise<Upload | null> {
  const marked = await core.uploads.update(upload, { state });
  if (marked === null || !(await isNeeded(core, upload))) return marked;
  await core.uploads.update(marked, { state: upload.state });
  return null;
}

async function sweepOrphans(
  core: CoreContext,
  job: { options: SweepOptions; tally: Tally; now: Date },
): Promise<void> {
  const youngest = job.now.getTime() - core.settings.expirationMs - ORPHAN_GRACE_MS;
  for await (const object of core.store.objects()) {
    if (job.options.signal?.aborted) return;
    count(job.tally, job.options);
    if (object.uploadId === null || !(await isOrphan(core, object))) continue;
    if (object.kind === "finished") {
      job.tally.strays.push(object.key);
    } else if (object.modifiedAt.getTime() < youngest) {
      if (!job.options.dryRun && !(await removeOrphan(core, object))) continue;
      job.tally.files += 1;
      job.tally.bytes += object.bytes;
    }
  }
}

/** False when it could not be removed, which must not keep the others. */
async function removeOrphan(core: CoreContext, { key }: StoredObject): Promise<boolean> {
  try {
    await core.store.removeObject(key);
    return true;
  } catch (error) {
    core.log.error({ error, key }, "could not remove a file without a record");
    return false;
  }
}

async function isOrphan(core: CoreContext, object: StoredObject): Promise<boolean> {
  const upload = object.uploadId === null ? null : await core.uploads.find(object.uploadId);
  if (upload === null || object.kind === "finished") return upload === null;
  return upload.state === "swept" || !core.store.accountsFor(upload, object);
}
