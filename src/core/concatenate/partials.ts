import { findUpload } from "../access.ts";
import { forgetLostBytes } from "../append/lost-bytes.ts";
import { finishBeforeMark, finishesEarly } from "../complete/finish-file.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { ByteRange } from "../ranges.ts";
import { type Upload, uploadStatus } from "../upload.ts";

/**
 * How long a claimed partial without a final is left alone. The claiming request is about to write the
 * final, or its process has died. Milliseconds.
 */
export const CLAIM_STALE_MS = 30_000;

/** How long a request waits for another one to write the final that it claimed a partial for. */
const DECISION_WAIT_MS = 5_000;
const DECISION_POLL_MS = 50;

/**
 * The partial with this id, if the final `finalId` of `ownerId` may use it. Throws NOT_FOUND if it belongs to
 * another user or is not a partial, EXPIRED, INCOMPLETE. A partial of another final may be used again (tus,
 * Concatenation): its bytes are read from that final.
 */
export async function findPartial(
  core: CoreContext,
  id: string,
  wanted: { ownerId: string | null; finalId: string; now: Date },
): Promise<Upload> {
  const seen = await findUpload(core, id);
  if (seen.concat !== "partial" || seen.ownerId !== wanted.ownerId) {
    throw new UploadError("NOT_FOUND");
  }
  const partial = await decided(core, seen, wanted.finalId);
  if (uploadStatus(partial, wanted.now) === "expired") throw new UploadError("EXPIRED");
  requireWhole(partial);
  if (!(await isFree(core, partial, wanted.finalId))) return partial;
  const length = await core.store.length(partial);
  if (length >= partial.offset) return partial;
  requireWhole(await forgetLostBytes(core, await reopened(core, partial), length));
  return partial;
}

/** Reopens a partial that a crash left claimed, so that lost bytes can be sent again. */
async function reopened(core: CoreContext, partial: Upload): Promise<Upload> {
  if (partial.state !== "merged") return partial;
  const open = await core.uploads.update(partial, { state: "uploading", finalId: null });
  if (open === null) throw new UploadError("BUSY", { retryAfterMs: 1_000 });
  return open;
}

/** INCOMPLETE unless every byte of the partial is held. */
function requireWhole({ id, size, offset }: Upload): void {
  if (size !== null && offset === size) return;
  throw new UploadError("INCOMPLETE", {
    message: "A part of the upload is not complete yet.",
    details: { part: id, missing: size === null ? [] : [[offset, size]] },
  });
}

/**
 * The partial's record once its claim is settled. While another request has claimed it and is about to write
 * its final, this waits for a moment instead of refusing. There is no deadlock: all requests claim in
 * one order (`claimAll`), and the claim of a process that died runs out.
 */
async function decided(core: CoreContext, seen: Upload, finalId: string): Promise<Upload> {
  const until = core.clock.now().getTime() + DECISION_WAIT_MS;
  let partial = seen;
  while ((await isUndecided(core, partial, finalId)) && core.clock.now().getTime() < until) {
    await core.clock.sleep(DECISION_POLL_MS);
    partial = await findUpload(core, partial.id);
  }
  return partial;
}

async function isUndecided(core: CoreContext, partial: Upload, finalId: string): Promise<boolean> {
  const { state, finalId: holderId } = partial;
  if (state !== "merged" || holderId === null || holderId === finalId) return false;
  return claimAge(core, partial) < CLAIM_STALE_MS && (await core.uploads.find(holderId)) === null;
}

/** Milliseconds since a partial was claimed. */
export function claimAge(core: Pick<CoreContext, "clock">, partial: Upload): number {
  return core.clock.now().getTime() - partial.updatedAt.getTime();
}

/**
 * Whether `finalId` may take the partial's bytes; false if another final has them. A crash can leave a claim
 * whose final was never written: it may be taken over after `CLAIM_STALE_MS`, and is BUSY until then. Throws
 * EXPIRED if the other final was removed or has expired.
 */
async function isFree(core: CoreContext, partial: Upload, finalId: string): Promise<boolean> {
  if (partial.state !== "merged" || partial.finalId === finalId) return true;
  const other = partial.finalId === null ? null : await core.uploads.find(partial.finalId);
  if (other?.state === "complete" || other?.state === "uploading") return false;
  if (other !== null) throw new UploadError("EXPIRED");
  const age = claimAge(core, partial);
  if (age < CLAIM_STALE_MS) throw new UploadError("BUSY", { retryAfterMs: CLAIM_STALE_MS - age });
  return true;
}

/**
 * Marks the partial as part of `finalId`, unless it is part of another final already. Repeating it is no
 * error. A partial is finished before the mark where the store reads nothing unfinished, so that each
 * marked partial can be read. Throws EXPIRED when a sweep has removed its bytes in the meantime, and
 * INCOMPLETE when the store finds that bytes are gone: the client sends them again.
 */
export async function claimPartial(
  core: CoreContext,
  seen: Upload,
  finalId: string,
): Promise<Upload> {
  let partial = seen;
  for (;;) {
    if (partial.state === "merged" && partial.finalId === finalId) return partial;
    requireWhole(partial);
    partial = await decided(core, partial, finalId);
    if (partial.state === "swept") throw new UploadError("EXPIRED");
    if (!(await isFree(core, partial, finalId))) return partial;
    await finishBeforeMark(core, partial);
    const claimed = await core.uploads.update(partial, { state: "merged", finalId });
    if (claimed !== null) return claimed;
    partial = await findUpload(core, partial.id);
  }
}

/** Where the bytes of a partial lie: in an upload, perhaps itself, from `start` on. */
export interface PartSource {
  readonly upload: Upload;
  readonly start: number;
}

/**
 * Where to read a partial's bytes: in the partial itself, or in the final that has taken them, once
 * that one has copied them and can be read. `readerId` is the final that reads.
 */
export async function sourceOf(
  core: Pick<CoreContext, "uploads" | "store">,
  partial: Upload,
  readerId: string,
): Promise<PartSource> {
  const own = { upload: partial, start: 0 };
  if (partial.finalId === null || partial.finalId === readerId) return own;
  const holder = await core.uploads.find(partial.finalId);
  if (holder === null) return own;
  if (finishesEarly(core) && holder.state !== "complete") return own;
  const place = await placeIn(core, holder, partial);
  return holder.offset >= place.end ? { upload: holder, start: place.start } : own;
}

/**
 * The first range of `final` that the partial fills. Throws EXPIRED if the record of a preceding
 * part is gone: the position of the partial's bytes is then unknown.
 */
async function placeIn(
  core: Pick<CoreContext, "uploads">,
  final: Upload,
  partial: Upload,
): Promise<ByteRange> {
  let start = 0;
  for (const id of final.parts ?? []) {
    if (id === partial.id) break;
    const before = await core.uploads.find(id);
    if (before === null) throw placeLost();
    start += before.size ?? 0;
  }
  return { start, end: start + (partial.size ?? 0) };
}

/** Throws EXPIRED if the position of a partial in a final other than `finalId` is unknown, or soon will be: see `placeIn`. */
export async function requirePlaces(
  core: Pick<CoreContext, "uploads">,
  partials: readonly Upload[],
  finalId: string,
): Promise<void> {
  for (const holderId of new Set(partials.map((partial) => partial.finalId))) {
    if (holderId === null || holderId === finalId) continue;
    const inHolder = partials.filter((partial) => partial.finalId === holderId);
    const unseen = new Set(inHolder.map(({ id }) => id));
    for (const id of (await core.uploads.find(holderId))?.parts ?? []) {
      unseen.delete(id);
      if (unseen.size === 0) break;
      const before = await core.uploads.find(id);
      if (before === null || (await isEnding(core, before))) throw placeLost();
    }
  }
}

/** Whether another request is removing a part, or the final that removes it with itself. */
async function isEnding(core: Pick<CoreContext, "uploads">, part: Upload): Promise<boolean> {
  if (part.state === "deleting" || part.finalId === null) return part.state === "deleting";
  return (await core.uploads.find(part.finalId))?.state === "deleting";
}

/**
 * Throws NOT_FOUND if one of the partials, or the final that has its bytes, was removed meanwhile, and EXPIRED
 * if it was swept or its position is unknown. Called once the record of `finalId` protects all of them.
 */
export async function requireStillThere(
  core: Pick<CoreContext, "uploads">,
  partials: readonly Upload[],
  finalId: string,
): Promise<void> {
  const current: Upload[] = [];
  for (const { id } of partials) current.push(await findUnswept(core, id));
  const holders = new Set(current.map((partial) => partial.finalId));
  for (const id of holders) if (id !== null && id !== finalId) await findUnswept(core, id);
  await requirePlaces(core, current, finalId);
}

async function findUnswept(core: Pick<CoreContext, "uploads">, id: string): Promise<Upload> {
  const upload = await findUpload(core, id);
  if (upload.state === "swept") throw new UploadError("EXPIRED");
  return upload;
}

function placeLost(): UploadError {
  return new UploadError("EXPIRED", {
    message: "A part of the upload can be used no more: what tells where its bytes lie is gone.",
  });
}

/** Releases the partials of a final that was not created. If its record exists after all, it keeps them. */
export async function releasePartials(
  core: CoreContext,
  partials: Iterable<Upload>,
  finalId: string,
): Promise<void> {
  if ((await core.uploads.find(finalId)) !== null) return;
  for (const { id } of partials) {
    const partial = await core.uploads.find(id);
    if (partial?.state !== "merged" || partial.finalId !== finalId) continue;
    await core.uploads.update(partial, { state: "uploading", finalId: null });
  }
}
