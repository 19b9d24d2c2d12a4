import { findUpload, newOwner } from "../access.ts";
import { assertAcceptedType, join } from "../append/file-type.ts";
import { newUpload } from "../begin/init-upload.ts";
import { finishBeforeMark } from "../complete/finish-file.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { profileOf } from "../profiles.ts";
import { insertWithinQuota, quotaExceeded } from "../quota.ts";
import type { ConcatenateRequest } from "../requests.ts";
import { COMPLETE_WAIT_MS, SNIFF_BYTES } from "../settings.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import {
  CLAIM_STALE_MS,
  claimPartial,
  findPartial,
  releasePartials,
  requirePlaces,
  requireStillThere,
  sourceOf,
} from "./partials.ts";

/** A final's partials by id; one may be used several times. */
type Partials = ReadonlyMap<string, Upload>;

/**
 * Creates a final upload from the principal's complete partials, waits for its assembly for a while, and
 * returns its record, complete or still being assembled. The profile's rules are checked before a partial
 * is claimed. The final's id is derived from its owner, its list and its metadata: a request that is repeated
 * after a lost response finds the same final on every instance. If the assembly fails within the wait, its
 * error is thrown, so that the client does not take the final for complete; the same request resumes it.
 */
export async function concatenate(
  core: CoreContext,
  principal: Principal,
  request: ConcatenateRequest,
): Promise<Upload> {
  const now = core.clock.now();
  const parts = request.parts.map((id) => id.toLowerCase());
  const id = await finalIdOf(core, newOwner(principal), { ...request, parts });
  const final =
    (await core.uploads.find(id)) ?? (await begin(core, principal, { request, id, parts, now }));
  if (final.state === "deleting") throw new UploadError("NOT_FOUND");
  if (uploadStatus(final, now) === "expired") throw new UploadError("EXPIRED");
  core.completionWorker.schedule(final);
  const failure = await core.completionWorker.settled(final.id, COMPLETE_WAIT_MS);
  const current = await findUpload(core, final.id);
  if (current.state !== "complete" && failure !== null && !isAtWork(failure)) throw failure;
  return current;
}

/** Whether another request is assembling the final, or holds what it waits for: it completes by itself. */
function isAtWork(failure: unknown): boolean {
  return isUploadError(failure) && failure.code === "BUSY";
}

/** A UUID (RFC 9562, version 8) made of the SHA-256 of owner, list and metadata. */
async function finalIdOf(
  core: CoreContext,
  ownerId: string | null,
  { parts, uploadMetadata }: Pick<ConcatenateRequest, "parts" | "uploadMetadata">,
): Promise<string> {
  const digest = await core.digests.start("sha256");
  const list = [ownerId ?? "", ...parts].join(" ");
  // The header has no line break: nothing that is said in it can be taken for a part of the list.
  const said = uploadMetadata ? `${list}\n${uploadMetadata}` : list;
  await digest.update(new TextEncoder().encode(said));
  const hex = await digest.hex();
  digest.release();
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...groups, variant + hex.slice(17, 20), hex.slice(20, 32)].join("-");
}

interface Beginning {
  readonly request: ConcatenateRequest;
  readonly id: string;
  readonly parts: readonly string[];
  readonly now: Date;
}

async function begin(core: CoreContext, principal: Principal, ask: Beginning): Promise<Upload> {
  const partials = await findPartials(core, newOwner(principal), ask);
  const size = ask.parts.reduce((sum, id) => sum + (partials.get(id)?.size ?? 0), 0);
  const { uploadConcat } = ask.request;
  const final = await newUpload(core, principal, {
    ...ask.request,
    ...{ size, origin: "tus", final: { id: ask.id, parts: ask.parts, uploadConcat } },
  });
  await requireRoomBeside(core, final, partials);
  await judgeParts(core, final, partials);
  try {
    await claimAll(core, final, partials);
    return await insert(core, final, [...partials.values()]);
  } catch (error) {
    await releasePartials(core, partials.values(), final.id);
    throw error;
  }
}

async function findPartials(
  core: CoreContext,
  ownerId: string | null,
  { id: finalId, parts, now }: Beginning,
): Promise<Partials> {
  const partials = new Map<string, Upload>();
  for (const id of new Set(parts)) {
    partials.set(id, await findPartial(core, id, { ownerId, finalId, now }));
  }
  await requirePlaces(core, [...partials.values()], finalId);
  return partials;
}

/** QUOTA_EXCEEDED when the final does not fit in the room that its partials give up. */
async function requireRoomBeside(
  core: CoreContext,
  final: Upload,
  partials: Partials,
): Promise<void> {
  const { quotaBytes } = core.settings;
  if (quotaBytes === null || final.ownerId === null) return;
  let others = await core.uploads.usage(final.ownerId);
  for (const partial of partials.values()) {
    if (partial.state === "uploading") others -= partial.size ?? 0;
  }
  if (others + (final.size ?? 0) > quotaBytes) throw quotaExceeded(quotaBytes, others);
}

/** The type of the file is judged by the first bytes that the parts will make. */
async function judgeParts(core: CoreContext, final: Upload, partials: Partials): Promise<void> {
  const { accept } = profileOf(core.profiles, final.profile);
  if (accept === undefined) return;
  const pieces: Uint8Array[] = [];
  let room = SNIFF_BYTES;
  for (const id of final.parts ?? []) {
    const partial = partials.get(id);
    const end = Math.min(partial?.size ?? 0, room);
    if (partial === undefined || end === 0) continue;
    await finishBeforeMark(core, partial);
    const { upload, start } = await sourceOf(core, partial, final.id);
    const range = { start, end: start + end };
    for await (const bytes of core.store.read(upload, range)) pieces.push(bytes);
    room -= end;
  }
  await assertAcceptedType(join(pieces), {
    accept,
    declared: final.contentType,
    sniffer: core.sniffer,
  });
}

/**
 * In the order of their ids, whatever the final's: two finals that share partials must not each
 * wait for what the other has claimed. A crash on the way leaves claims whose final does not exist:
 * see `findPartial`.
 */
async function claimAll(core: CoreContext, final: Upload, partials: Partials): Promise<void> {
  const begunAt = core.clock.now().getTime();
  const inOrder = [...partials.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const partial of inOrder) await claimPartial(core, partial, final.id);
  // Others may soon believe us dead and take the partials for a final of theirs.
  if (core.clock.now().getTime() - begunAt > CLAIM_STALE_MS / 2) {
    throw new UploadError("BUSY", { retryAfterMs: 1_000 });
  }
}

/** Two equal requests at the same time have the same final: the second one uses the first one's. */
async function insert(
  core: CoreContext,
  final: Upload,
  partials: readonly Upload[],
): Promise<Upload> {
  try {
    await insertWithinQuota(core, final);
  } catch (error) {
    const there = await core.uploads.find(final.id);
    if (there === null) throw error;
    return there;
  }
  // From now on its partials cannot be removed; those removed before are noticed here.
  try {
    await requireStillThere(core, partials, final.id);
  } catch (error) {
    await core.uploads.remove(final.id);
    throw error;
  }
  core.events.emit({ type: "created", upload: final });
  return final;
}
