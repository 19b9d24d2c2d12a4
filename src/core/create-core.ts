import { findUpload } from "./access.ts";
import { answerPeer } from "./append/answer-peer.ts";
import { appendAndComplete } from "./append/append-and-complete.ts";
import { BufferPool } from "./append/buffer-pool.ts";
import { CatchUp } from "./append/catch-up.ts";
import { checkAppend, rulesOf } from "./append/check-append.ts";
import { openBody } from "./append/open-body.ts";
import { reachSettled } from "./append/settle-writers.ts";
import { Writers } from "./append/writers.ts";
import { describeUpload } from "./begin/describe-upload.ts";
import { initAndComplete } from "./begin/init-and-complete.ts";
import { completeUpload } from "./complete/complete-upload.ts";
import { CompletionWorker } from "./complete/completion-worker.ts";
import { deliverDue } from "./complete/deliver-completion.ts";
import { resumeUpload } from "./complete/resume-upload.ts";
import { concatenate } from "./concatenate/concatenate.ts";
import type { CoreContext, CoreDependencies } from "./core.ts";
import { exchangeParts } from "./direct/exchange-parts.ts";
import { isUploadError } from "./errors.ts";
import { recover } from "./housekeeping/recover.ts";
import { removeRecord, removeUpload } from "./housekeeping/remove-upload.ts";
import { findStrays } from "./housekeeping/strays.ts";
import { sweep } from "./housekeeping/sweep.ts";
import { verify } from "./housekeeping/verify.ts";
import { ProcessMutex } from "./process-mutex.ts";
import { existingUploads, listUploads, resumableUploads } from "./read/list-uploads.ts";
import { openUpload, prefixChecksum } from "./read/open-upload.ts";
import { watchUploads } from "./read/watch-uploads.ts";
import type {
  UploadAdministration,
  UploadCore,
  UploadHousekeeping,
  UploadService,
} from "./upload-service.ts";

/** Totals are counted no further than this. */
const COUNT_CAP = 10_000;

/** Puts the use cases together over what they need from outside. */
export function createCore(dependencies: CoreDependencies): UploadCore {
  const shared = {
    ...{ blocks: new BufferPool(), writers: new Writers() },
    mutex: dependencies.mutex ?? new ProcessMutex(),
    deliveries: new Map(),
  };
  const core = { ...dependencies, ...shared } as CoreContext & {
    catchUp: CatchUp;
    completionWorker: CompletionWorker;
  };
  // The context and what works on it in the background need each other.
  core.catchUp = new CatchUp(core);
  core.completionWorker = new CompletionWorker(core);
  core.peers?.answer((ask) => answerPeer(core, ask));
  return {
    service: createService(core),
    administration: createAdministration(core),
    housekeeping: createHousekeeping(core),
  };
}

function createService(core: CoreContext): UploadService {
  return {
    init: (principal, request) => initAndComplete(core, principal, request),
    concatenate: (principal, request) => concatenate(core, principal, request),
    resume: (principal, id) => resumeUpload(core, principal, id),
    status: (principal, id) => reachSettled(core, principal, { id, action: "read" }),
    opening: (ask) => openBody(core, ask),
    rules: (principal, ask) => rulesOf(core, principal, ask),
    checkAppend: (upload, asked) => checkAppend(upload, asked, core.clock.now()),
    prefix: (upload) => prefixChecksum(core, upload),
    append: (principal, request) => appendAndComplete(core, principal, request),
    describe: (principal, request) => describeUpload(core, principal, request),
    parts: (principal, request) => exchangeParts(core, principal, request),
    complete: (principal, request) => completeUpload(core, principal, request),
    remove: (principal, id) => removeUpload(core, principal, id),
    open: (principal, id) => openUpload(core, principal, id),
    list: (principal, query) => listUploads(core, principal, query),
    resumable: (principal, ask) => resumableUploads(core, principal, ask),
    existing: (principal, files) => existingUploads(core, principal, files),
    watch: (principal, ask) => watchUploads(core, principal, ask),
    result: (upload) => (upload.result === null ? null : core.codec.decode(upload.result)),
  };
}

function createAdministration(core: CoreContext): UploadAdministration {
  return {
    list: async (query) => {
      const now = core.clock.now();
      const [page, total] = await Promise.all([
        core.uploads.list({ ...query, searchOwners: true, now }),
        core.uploads.count({ ...query, searchOwners: true, now }, COUNT_CAP),
      ]);
      return { ...page, total };
    },
    get: (id) => findUpload(core, id),
    remove: async (ids) => {
      const removed: string[] = [];
      const failures: unknown[] = [];
      // An upload that cannot be removed (another upload reads its bytes, for example) does not stop the others.
      for (const id of ids) {
        const gone = await removeIfThere(core, id).catch((error: unknown) => {
          failures.push(error);
          return false;
        });
        if (gone) removed.push(id);
      }
      if (failures.length > 0) throw failures[0];
      return removed;
    },
    sweep: (options) => sweep(core, options),
    verify: (ask) => verify(core, ask),
    stats: (window) => core.uploads.stats({ ...window, now: core.clock.now() }),
  };
}

/** False if it did not exist, or another request is removing it. */
async function removeIfThere(core: CoreContext, id: string): Promise<boolean> {
  try {
    await removeRecord(core, await findUpload(core, id));
    return true;
  } catch (error) {
    if (isUploadError(error) && error.code === "NOT_FOUND") return false;
    throw error;
  }
}

function createHousekeeping(core: CoreContext): UploadHousekeeping {
  return {
    recover: () => recover(core),
    deliverDue: () => deliverDue(core),
    strays: (signal) => findStrays(core, signal),
    completeReady: (signal) => core.completionWorker.scheduleAll(signal),
    drain: async (deadlineMs) => {
      // One deadline for all: the process is killed if stopping takes longer.
      const late = core.clock.sleep(deadlineMs);
      const finished = core.completionWorker.close();
      await core.writers.drain(late);
      await core.catchUp.close();
      await Promise.race([finished, late]);
      const deliveries = [...core.deliveries.values()].map(({ ended }) => ended);
      await Promise.race([Promise.all(deliveries), late]);
    },
    probe: () => core.store.probe(),
  };
}
