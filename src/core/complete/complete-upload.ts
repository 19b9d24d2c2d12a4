import { findUpload } from "../access.ts";
import { join, judgeHead } from "../append/accept.ts";
import { forgetLostBytes } from "../append/lost-bytes.ts";
import { reachSettled } from "../append/settle-writers.ts";
import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { profileOf } from "../profiles.ts";
import { highestHeld, missingRanges } from "../ranges.ts";
import type { CompleteRequest } from "../requests.ts";
import { COMPLETE_WAIT_MS, SNIFF_BYTES } from "../settings.ts";
import { completed, digestDropped } from "../transitions.ts";
import { receivedRanges, type Upload, uploadStatus } from "../upload.ts";
import { deliverWithin } from "./deliver-completion.ts";

/** So many missing ranges are named in an INCOMPLETE error, at most. */
const MISSING_NAMED = 100;

/**
 * Completes an upload on its owner's word: 404, 410, CHECKSUM_REQUIRED, INCOMPLETE,
 * CHECKSUM_MISMATCH, in this order. Repeated with the right checksum it answers the same record.
 */
export async function completeUpload(
  core: CoreContext,
  principal: Principal,
  request: CompleteRequest,
): Promise<Upload> {
  const upload = await reachSettled(core, principal, { id: request.id, action: "complete" });
  if (uploadStatus(upload, core.clock.now()) === "expired") throw new UploadError("EXPIRED");
  if (upload.concat === "partial") {
    throw new UploadError("REJECTED", {
      message: "A partial upload is completed by the final upload that it goes into.",
      details: { concat: upload.concat },
    });
  }
  const claimed = request.checksum?.trim().toLowerCase() || null;
  if (claimed === null && profileOf(core.profiles, upload.profile).checksum !== "optional") {
    throw new UploadError("CHECKSUM_REQUIRED", {
      message: `Checksum of type '${upload.checksumAlgorithm}' is required`,
      details: { algorithm: upload.checksumAlgorithm },
    });
  }
  return verifyAndComplete(core, upload, claimed);
}

/** Completes an upload whose bytes are all held; `claimed` null: the server's own digest is enough. */
export async function verifyAndComplete(
  core: CoreContext,
  seen: Upload,
  claimed: string | null,
): Promise<Upload> {
  let upload = seen;
  while (upload.state !== "complete") upload = await tryToComplete(core, upload, claimed);
  requireMatch(claimed, upload.checksum ?? "");
  return settleCompletion(core, upload);
}

/** The completed record; a newer one, complete or not, when somebody changed it first. */
async function tryToComplete(
  core: CoreContext,
  seen: Upload,
  claimed: string | null,
): Promise<Upload> {
  requireOpen(seen);
  requireWhole(seen);
  await stopWriters(core, seen.id);
  await core.claims?.voidAll(seen.id);
  const upload = await withCurrentDigest(core, seen);
  // Another request was faster: to mark the record again would deliver it again.
  if (upload.state === "complete") return upload;
  const checksum = await digestOf(core, upload);
  requireMatch(claimed, checksum);
  await judgeAgain(core, upload);
  return (await markComplete(core, upload, checksum)) ?? (await findUpload(core, upload.id));
}

/** INCOMPLETE unless every byte is held. A deferred size is what is there, if nothing is scattered. */
function requireWhole(upload: Upload): void {
  const size = upload.size ?? highestHeld(receivedRanges(upload));
  const missing = missingRanges(receivedRanges(upload), { start: 0, end: size });
  if (missing.length === 0) return;
  throw new UploadError("INCOMPLETE", {
    details: { missing: missing.slice(0, MISSING_NAMED).map(({ start, end }) => [start, end]) },
  });
}

function stopWriters(core: CoreContext, uploadId: string): Promise<void> {
  return core.writers.stopAll(uploadId, new UploadError("ALREADY_COMPLETE"));
}

/**
 * The record once its digest covers every byte, or once another request has completed it. BUSY when
 * that takes too long, UNAVAILABLE when the store cannot be read, INCOMPLETE when it lost bytes.
 */
async function withCurrentDigest(core: CoreContext, seen: Upload): Promise<Upload> {
  core.catchUp.kick(seen);
  const failure = await core.catchUp.settled(seen.id, COMPLETE_WAIT_MS);
  const upload = await findUpload(core, seen.id);
  if (upload.state === "complete") return upload;
  requireOpen(upload);
  requireWhole(upload);
  const length = await core.store.length(upload);
  if (length < upload.offset) {
    const reset = await forgetLostBytes(core, upload, length);
    requireWhole({ ...reset, size: upload.size ?? upload.offset });
  }
  if (upload.digestOffset !== upload.offset) {
    if (failure !== null) throw unreadable(failure);
    throw new UploadError("BUSY", {
      message: "The checksum is still being computed; try again.",
      details: { digested: upload.digestOffset },
      retryAfterMs: 2_000,
    });
  }
  return upload;
}

/** Waiting does not help as long as the store cannot be read. */
function unreadable(cause: unknown): UploadError {
  return new UploadError("UNAVAILABLE", {
    message: "The bytes of the upload cannot be read to compute its checksum; try again later.",
    retryAfterMs: 10_000,
    cause,
  });
}

/** The digest of the carried prefix, lower-case hex. BUSY when its state is another build's: it is read again. */
async function digestOf(core: CoreContext, upload: Upload): Promise<string> {
  const digest = upload.digestState
    ? await core.digests.resume(upload.checksumAlgorithm, upload.digestState)
    : await core.digests.start(upload.checksumAlgorithm);
  if (digest === null) {
    core.catchUp.kick(await changeRecord(core, upload, { decide: () => digestDropped }));
    throw new UploadError("BUSY", { retryAfterMs: 2_000 });
  }
  try {
    return await digest.hex();
  } finally {
    digest.release();
  }
}

function requireMatch(claimed: string | null, checksum: string): void {
  if (claimed !== null && claimed !== checksum) throw new UploadError("CHECKSUM_MISMATCH");
}

/** A first chunk of a few bytes shows no type: what counts is the file as it is now. */
async function judgeAgain(core: CoreContext, upload: Upload): Promise<void> {
  const { accept } = profileOf(core.profiles, upload.profile);
  if (accept === undefined) return;
  const pieces: Uint8Array[] = [];
  const end = Math.min(upload.offset, SNIFF_BYTES);
  if (end > 0)
    for await (const bytes of core.store.read(upload, { start: 0, end })) pieces.push(bytes);
  await judgeHead(join(pieces), { accept, declared: upload.contentType, sniffer: core.sniffer });
}

/** One statement: the mark and what is owed to `onComplete` are written together or not at all. */
async function markComplete(
  core: CoreContext,
  upload: Upload,
  checksum: string,
): Promise<Upload | null> {
  const now = core.clock.now();
  const awaitsHook = profileOf(core.profiles, upload.profile).onComplete !== undefined;
  const changes = completed(upload, { checksum, now, awaitsHook });
  return awaitsHook
    ? core.uploads.updateWithOutbox(upload, changes, now)
    : core.uploads.update(upload, changes);
}

/** What must follow the mark, whoever gets to it first: the file's final place, then the delivery. */
export async function settleCompletion(core: CoreContext, upload: Upload): Promise<Upload> {
  const finished = upload.finished ? upload : await finishFile(core, upload);
  if (finished.completion !== "pending") return finished;
  return deliverWithin(core, finished, COMPLETE_WAIT_MS);
}

/** Puts the file into its final place. After a crash or a failure it is simply done again. */
export async function finishFile(core: CoreContext, upload: Upload): Promise<Upload> {
  // A body that began just before the mark must not write into the finished file.
  await stopWriters(core, upload.id);
  await core.store.finish(upload);
  let isFirst = false;
  const finished = await changeRecord(core, upload, {
    decide: (record) => {
      isFirst = !record.finished;
      return record.finished ? null : { finished: true };
    },
  });
  if (isFirst) core.events.emit({ type: "completed", upload: finished });
  return finished;
}
