import { newOwner } from "../access.ts";
import { refuseOversize } from "../append/plan-append.ts";
import type { CoreContext } from "../core.ts";
import { chooseDirect } from "../direct/choose-transfer.ts";
import { UploadError } from "../errors.ts";
import type { NewlyPlaced } from "../ports/chunk-store.ts";
import type { Principal } from "../principal.ts";
import {
  DEFAULT_PROFILE,
  findProfile,
  largestMaxBytes,
  type Profile,
  resolveMaxBytes,
} from "../profiles.ts";
import { insertWithinQuota } from "../quota.ts";
import type { InitRequest } from "../requests.ts";
import { MAX_CHUNKS, MIN_CHUNK_BYTES } from "../settings.ts";
import type { Upload } from "../upload.ts";
import { readFilename } from "./filename.ts";
import { readMetadata } from "./metadata.ts";
import { readRelativePath } from "./relative-path.ts";

interface NewUpload extends InitRequest {
  /** What is settled already of an upload that is put together from others. */
  readonly final?: Pick<Upload, "id" | "parts" | "uploadConcat">;
}

/** Begins an upload: the record exists, no byte does. REJECTED, TOO_LARGE, INVALID_INPUT, QUOTA_EXCEEDED. */
export async function initUpload(
  core: CoreContext,
  principal: Principal,
  request: InitRequest,
): Promise<Upload> {
  const upload = await newUpload(core, principal, request);
  await core.store.requireRoom();
  await insertWithinQuota(core, upload, upload.size ?? request.leastSize);
  core.events.emit({ type: "created", upload });
  return upload;
}

/** The record that a new upload will have, judged by its profile, not yet written. */
export async function newUpload(
  core: CoreContext,
  principal: Principal,
  request: NewUpload,
): Promise<Upload> {
  const { final } = request;
  const ownerId = newOwner(principal);
  const isPartial = request.concat === "partial";
  const profileName = isPartial ? DEFAULT_PROFILE : (request.profile ?? DEFAULT_PROFILE);
  const profile = findProfile(core.profiles, profileName);
  const filename = readFilename(request.filename);
  const size = request.size ?? null;
  // The type of a partial upload's file is known, and checked, when its final upload is created.
  const maxBytes = isPartial
    ? await largestMaxBytes(core.profiles, principal, core.settings.maxBytes)
    : await resolveMaxBytes(profile, principal, core.settings.maxBytes);
  refuseOversize({ maxBytes }, size ?? 0);
  const metadata = isPartial ? {} : await readMetadata(profile, request.metadata);
  const now = core.clock.now();
  const id = final?.id ?? core.ids.newId();
  const { direct, chunkSize, placed } = place(core, request, {
    id,
    createdAt: now,
    size,
    maxBytes,
  });
  return {
    id,
    ownerId,
    origin: direct === null ? (request.origin ?? "api") : "direct",
    profile: profileName,
    filename,
    path: readRelativePath(request.path, filename),
    contentType: readContentType(request.contentType),
    metadata,
    size,
    maxBytes,
    chunkSize,
    offset: 0,
    beyond: [],
    checksumAlgorithm: direct?.checksumAlgorithm ?? chooseAlgorithm(core, request, profile),
    digestState: null,
    digestOffset: 0,
    checksum: null,
    ...placed,
    state: "uploading",
    finished: false,
    completion: null,
    completionError: null,
    result: null,
    concat: final === undefined ? (request.concat ?? null) : "final",
    parts: final?.parts ?? null,
    finalId: null,
    uploadMetadata: request.uploadMetadata ?? null,
    uploadConcat: final?.uploadConcat ?? null,
    version: 0,
    createdAt: now,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + core.settings.expirationMs),
    completedAt: null,
  };
}

/** Where the bytes go. `direct`: the store that takes them from the client itself; null otherwise. */
function place(core: CoreContext, request: InitRequest, upload: NewlyPlaced) {
  const direct = chooseDirect(core, request);
  if (direct !== null) {
    const { chunkBytes, ...placed } = direct.place({ ...upload, size: upload.size ?? 0 });
    return { direct, chunkSize: chunkBytes, placed };
  }
  const { chunkBytes, ...placed } = core.store.place(upload);
  const chunkSize = chooseChunkSize(core, request.chunkSize ?? chunkBytes, upload.size);
  return { direct, chunkSize, placed };
}

/** At most 255 characters; null if absent, or if it has characters that headers or databases do not allow. */
function readContentType(declared: string | null | undefined): string | null {
  const type = declared?.slice(0, 255) || null;
  return type !== null && /\p{Cc}/u.test(type) ? null : type;
}

/** The caller's wish, within what we and the store allow, and large enough for `MAX_CHUNKS` to suffice. */
function chooseChunkSize(core: CoreContext, wish: number | undefined, size: number | null): number {
  const { minChunkBytes, maxChunkBytes, maxChunks } = core.store.capabilities;
  const least = Math.max(MIN_CHUNK_BYTES, minChunkBytes);
  const needed = Math.ceil((size ?? 0) / Math.min(MAX_CHUNKS, maxChunks));
  const asked = Math.max(wish ?? core.settings.chunkSize, least);
  // Whole multiples of the least keep chunk borders on pages of disk and memory.
  const enough = asked >= needed ? asked : Math.ceil(needed / least) * least;
  return Math.min(enough, maxChunkBytes);
}

function chooseAlgorithm(core: CoreContext, request: InitRequest, profile: Profile): string {
  const wanted = (
    request.checksumAlgorithm ??
    profile.checksumAlgorithm ??
    core.settings.checksumAlgorithm
  ).toLowerCase();
  if (core.digests.algorithms.includes(wanted)) return wanted;
  throw new UploadError("INVALID_INPUT", {
    message: `The checksum algorithm "${wanted.slice(0, 50)}" is not known.`,
    details: { field: "checksumAlgorithm", algorithms: core.digests.algorithms },
  });
}
