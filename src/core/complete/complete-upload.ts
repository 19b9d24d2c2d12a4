import { findUpload } from "../access.ts";
import { assertAcceptedType, join } from "../append/file-type.ts";
import { contentOf, forgetLostBytes } from "../append/lost-bytes.ts";
import { quiesce } from "../append/quiesce.ts";
import { reachSettled } from "../append/settle-writers.ts";
import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { directStoreOf } from "../direct/exchange-parts.ts";
import { isUploadError, UploadError } from "../errors.ts";
import { removeRecord } from "../housekeeping/remove-upload.ts";
import type { Principal } from "../principal.ts";
import { profileOf } from "../profiles.ts";
import type { CompleteRequest } from "../requests.ts";
import { COMPLETE_WAIT_MS, SNIFF_BYTES } from "../settings.ts";
import { completed, digestDropped } from "../transitions.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { deliverWithin } from "./deliver-completion.ts";
import { finishBeforeMark, finishesEarly, finishFile, settleLength } from "./finish-file.ts";
import { requireWhole } from "./require-whole.ts";

/**
 * Completes an upload on its owner's word: 404, 410, CHECKSUM_REQUIRED, INCOMPLETE,
 * CHECKSUM_MISMATCH, in this order. A repeated call with the right checksum returns the same record.
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

/** The completed record; a newer record, complete or not, if another request changed it first. */
async function tryToComplete(
  core: CoreContext,
  seen: Upload,
  claimed: string | null,
): Promise<Upload> {
  requireOpen(seen);
  requireWhole(seen);
  await quiesce(core, seen.id, "complete");
  const upload = await withCurrentDigest(core, await settleLength(core, seen));
  // Another request was faster: to mark the record again would deliver it again.
  if (upload.state === "complete") return upload;
  const checksum = await digestOf(core, upload);
  requireMatch(claimed, checksum);
  await finishBeforeMark(core, upload);
  await judgeAgain(core, upload);
  return markComplete(core, upload, checksum);
}

/**
 * The record once its digest covers every byte, or once another request has completed it. BUSY when
 * that takes too long, UNAVAILABLE when the store cannot be read, INCOMPLETE when it lost bytes.
 */
async function withCurrentDigest(core: CoreContext, seen: Upload): Promise<Upload> {
  if (seen.origin === "direct") return seen;
  core.catchUp.schedule(seen);
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
  if (upload.origin === "direct") return directStoreOf(core, upload).prefixChecksum(upload);
  const digest = upload.digestState
    ? await core.digests.resume(upload.checksumAlgorithm, upload.digestState)
    : await core.digests.start(upload.checksumAlgorithm);
  if (digest === null) {
    core.catchUp.schedule(await changeRecord(core, upload, { decide: () => digestDropped }));
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

/** A short first chunk does not show the type: the whole file is checked now. */
async function judgeAgain(core: CoreContext, upload: Upload): Promise<void> {
  const { accept } = profileOf(core.profiles, upload.profile);
  if (accept === undefined) return;
  const pieces: Uint8Array[] = [];
  const end = Math.min(upload.offset, SNIFF_BYTES);
  if (end > 0)
    for await (const bytes of core.store.read(upload, { start: 0, end })) pieces.push(bytes);
  const file = { accept, declared: upload.contentType, sniffer: core.sniffer };
  await assertAcceptedType(join(pieces), file).catch((error) =>
    discardRefused(core, upload, error),
  );
}

/** The file type of a direct upload is checked here for the first time. A refused upload is removed. */
async function discardRefused(core: CoreContext, upload: Upload, refusal: unknown): Promise<never> {
  if (upload.origin === "direct" && isUploadError(refusal)) await removeRecord(core, upload);
  throw refusal;
}

/**
 * One statement: the mark and the outbox entry for `onComplete` are written together or not at all. Returns
 * the marked record, or the newest one when it holds other bytes than were verified.
 */
async function markComplete(core: CoreContext, seen: Upload, checksum: string): Promise<Upload> {
  const now = core.clock.now();
  const awaitsHook = profileOf(core.profiles, seen.profile).onComplete !== undefined;
  const finished = finishesEarly(core);
  for (let upload = seen; ; ) {
    const changes = { ...completed(upload, { checksum, now, awaitsHook }), finished };
    const marked = awaitsHook
      ? await core.uploads.updateWithOutbox(upload, changes, now)
      : await core.uploads.update(upload, changes);
    if (marked?.finished) core.events.emit({ type: "completed", upload: marked });
    if (marked !== null) return marked;
    upload = await findUpload(core, seen.id);
    // Requests that complete the upload at the same time raise its version as they void its claims:
    // if each began again for that, none would come to the end.
    if (contentOf(upload) !== contentOf(seen)) return upload;
  }
}

/** The steps after the mark, for the first process that reaches them: the file's final place, then the delivery. */
export async function settleCompletion(core: CoreContext, upload: Upload): Promise<Upload> {
  const finished = upload.finished ? upload : await finishFile(core, upload);
  if (finished.completion !== "pending") return finished;
  return deliverWithin(core, finished, COMPLETE_WAIT_MS);
}
