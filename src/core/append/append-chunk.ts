import { findUpload, reachUpload, requireStill } from "../access.ts";
import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError } from "../errors.ts";
import { isBytesLost } from "../ports/bytes-lost.ts";
import type { DigestOutlook, RunningDigest } from "../ports/digests.ts";
import type { Credential, Principal } from "../principal.ts";
import { profileOf } from "../profiles.ts";
import { countWithinQuota, requireRoom } from "../quota.ts";
import { totalLength } from "../ranges.ts";
import type { AppendRequest } from "../requests.ts";
import { receivedRanges, type Upload } from "../upload.ts";
import { type ClaimedDigest, checkDigests, startBodyDigests } from "./body-digests.ts";
import { assertAcceptedType, withCheckedHead } from "./file-type.ts";
import { type HeldClaim, holdClaim } from "./hold-claim.ts";
import { afterLoss, openWriter } from "./open-writer.ts";
import { type AppendPlan, planAppend, requireTotal, sizeMismatch } from "./plan-append.ts";
import { readBody } from "./read-body.ts";
import { BodyReception } from "./receive-body.ts";
import { freeRefusedBytes } from "./refused-bytes.ts";

/** The body of a request without a body. */
async function* nothing(): AsyncGenerator<Uint8Array> {}

export interface AppendJob {
  readonly upload: Upload;
  readonly request: AppendRequest;
  /** When the request started: decides whether the upload has expired. */
  readonly startedAt: Date;
  /** The client that sends the body; null when the server copies bytes that it holds already. */
  readonly principal: Principal | null;
  /** See `AppendHeaders`. */
  readonly isAgreed: boolean;
  /** Called when the body is being read (see `Writers.start`). */
  readonly started: () => void;
}

/**
 * Appends a body: authorize, check the headers, claim the range, stream to the store, flush, commit,
 * respond. The bytes that the returned record counts are on stable storage.
 */
export async function appendChunk(
  core: CoreContext,
  principal: Principal,
  request: AppendRequest,
): Promise<Upload> {
  const started = core.writers.start(request.id.toLowerCase());
  try {
    return await takeBody(core, principal, { request, started });
  } finally {
    started();
    await request.opening?.end();
  }
}

async function takeBody(
  core: CoreContext,
  principal: Principal,
  { request, started }: Pick<AppendJob, "request" | "started">,
): Promise<Upload> {
  const startedAt = core.clock.now();
  const upload = await reachUpload(core, principal, {
    ...{ id: request.id, action: "append", seen: request.opening?.upload },
  });
  const isAgreed = core.writers.hasReported(upload.id, request.position?.start);
  const job = { upload, request, startedAt, isAgreed, started, principal };
  const plan = planAppend(upload, { ...request, isAgreed }, startedAt);
  const appended =
    plan.missing.length === 0 ? await dropHeld(core, job, plan) : await write(core, job, plan);
  core.catchUp.schedule(appended);
  return appended;
}

/**
 * Reads and discards bytes that are held already. This is no error, so that a client can retry after a lost
 * response. A total that such a body declares is stored: a tus client may declare it with an empty body.
 */
async function dropHeld(core: CoreContext, job: AppendJob, plan: AppendPlan): Promise<Upload> {
  job.started();
  await job.request.opening?.end();
  const { start, end } = plan.range;
  const digests = await startBodyDigests(core, job.request, { bytes: end - start });
  try {
    let length = 0;
    for await (const bytes of incoming(core, job, job.request.signal)) {
      length += bytes.length;
      if (length > end - start) break;
      for (const digest of digests) await digest.running.update(bytes);
      job.request.body?.spent?.(bytes);
    }
    if (length > end - start || (plan.exact && length !== end - start))
      throw sizeMismatch(length, end - start);
    await checkDigests(digests);
    await requireSender(core, job);
    return await settleTotal(core, job.upload, plan);
  } finally {
    for (const digest of digests) digest.running.release();
  }
}

async function settleTotal(core: CoreContext, seen: Upload, plan: AppendPlan): Promise<Upload> {
  const { size, range } = plan;
  if (size === null || seen.size !== null) return seen;
  const decide = (upload: Upload) => {
    requireOpen(upload);
    requireTotal(upload, { end: range.end, size });
    return upload.size === null ? { size } : null;
  };
  const count = () => changeRecord(core, seen, { decide });
  return countWithinQuota(core, { upload: seen, bytes: size, count });
}

async function write(core: CoreContext, job: AppendJob, planned: AppendPlan): Promise<Upload> {
  const { opening } = job.request;
  const opened = opening?.take(planned.range) ?? null;
  if (opened === null && core.claims !== null) await opening?.end();
  const ask = { uploadId: job.upload.id, range: planned.range, opened };
  const outcome = await holdClaim(core, ask, async (claim) => {
    // The previous writer may have committed: check again against the current record. A body that overtook
    // it was checked against the old offset, and is not refused because of that commit.
    const upload =
      claim.upload ?? opening?.current(claim.slot) ?? (await findUpload(core, job.upload.id));
    const isAgreed = job.isAgreed || claim.slot.hasOvertaken;
    const plan = planAppend(upload, { ...job.request, isAgreed }, job.startedAt);
    const fresh = { ...job, upload };
    if (plan.missing.length === 0) return () => dropHeld(core, fresh, plan);
    const after =
      totalLength(receivedRanges(upload)) + (plan.exact ? totalLength(plan.missing) : 0);
    await requireRoom(core, upload, plan.size ?? after);
    const appended = await writeMissing(core, fresh, { plan, claim });
    return async () => appended;
  });
  // Outside the claim: a body that is only discarded must not block others, however slowly it arrives.
  return outcome();
}

/** Writes what is missing of a body into an upload whose range is claimed, and commits it. */
export async function writeMissing(
  core: CoreContext,
  job: AppendJob,
  work: { plan: AppendPlan; claim: HeldClaim },
): Promise<Upload> {
  const { writer, upload } = await openWriter(core, job.upload, work.claim);
  let digest: RunningDigest | null = null;
  let bodyDigests: ClaimedDigest[] = [];
  let refused = true;
  try {
    digest = await prefixDigest(core, upload, work.plan);
    bodyDigests = await startBodyDigests(core, job.request, outlookOf(work.plan));
    const spent = job.request.body?.spent;
    const authorize = () => requireSenderOrStop(core, job, work.claim);
    const sender = { authorize, credential: ownCredential(job) };
    const means = { writer, digest, bodyDigests, spent, sender };
    const reception = new BodyReception(core, { upload, ...work, ...means });
    const body = judged(core, job, incoming(core, job, work.claim.slot.signal));
    const received = reception.receive(body);
    job.started();
    const appended = await received;
    refused = false;
    return appended;
  } catch (error) {
    throw isBytesLost(error) ? await afterLoss(core, upload, { error, claim: work.claim }) : error;
  } finally {
    digest?.release();
    for (const { running } of bodyDigests) running.release();
    await writer.close();
    if (refused) await freeRefusedBytes(core, upload);
  }
}

/** Throws if the sender may no longer append. Checked at each commit, because a body may take hours. */
async function requireSender(core: CoreContext, { principal, upload }: AppendJob): Promise<void> {
  if (principal !== null) await requireStill(core, principal, { upload, action: "append" });
}

/**
 * The credential by which the upload's owner sends: while it is valid the owner may append. Undefined
 * where more than that must be checked.
 */
function ownCredential({ principal, upload }: AppendJob): Credential | undefined {
  const isOwner = principal?.kind === "user" && principal.id === upload.ownerId;
  return isOwner ? principal.credential : undefined;
}

/** As `requireSender`, and ends the body at once: its sender may be slow to send the next stage. */
async function requireSenderOrStop(core: CoreContext, job: AppendJob, claim: HeldClaim) {
  try {
    await requireSender(core, job);
  } catch (error) {
    if (isUploadError(error)) claim.slot.stop({ error, keep: false });
    throw error;
  }
}

function incoming(
  core: CoreContext,
  job: AppendJob,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { clock, settings } = core;
  const { body } = job.request;
  return readBody(body ?? nothing(), { signal, idleMs: settings.idleTimeoutMs, clock });
}

/** The file's type is checked when byte 0 arrives, before any byte is committed; that of a partial with its final. */
function judged(
  core: CoreContext,
  job: AppendJob,
  body: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { accept } = profileOf(core.profiles, job.upload.profile);
  const begins = job.request.position?.start === 0 && job.upload.concat === null;
  if (accept === undefined || !begins) return body;
  const declared = job.upload.contentType;
  return withCheckedHead(body, (head) =>
    assertAcceptedType(head, { accept, declared, sniffer: core.sniffer }),
  );
}

/** The digest that this body can continue: only if it starts at the offset and the digest is up to date. */
async function prefixDigest(
  core: CoreContext,
  upload: Upload,
  plan: AppendPlan,
): Promise<RunningDigest | null> {
  // A partial needs no digest: its bytes are hashed when they are copied into the final.
  if (upload.concat === "partial") return null;
  const first = plan.missing[0]?.start;
  if (first !== upload.offset || upload.digestOffset !== upload.offset) return null;
  const { checksumAlgorithm, digestState } = upload;
  if (digestState === null) return core.digests.start(checksumAlgorithm, outlookOf(plan));
  // A state of another build does not load: reading back will begin anew (see CatchUp).
  return core.digests.resume(checksumAlgorithm, digestState, outlookOf(plan));
}

function outlookOf({ range }: AppendPlan): DigestOutlook {
  return { bytes: range.end - range.start };
}
