import { plainFilename } from "../core/begin/filename.ts";
import { readRelativePath } from "../core/begin/relative-path.ts";
import { type ByteRange, totalLength } from "../core/ranges.ts";
import { canonicalName } from "../digests/names.ts";
import type { UploadView } from "../wire/schemas.ts";
import { metadataText, profileOf } from "./control.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { orIfUnauthenticated } from "./or-if-unauthenticated.ts";
import { retry } from "./retry.ts";
import type { Release } from "./runtime.ts";
import { pathOf, sizeOf, type UploadSource } from "./source.ts";
import { digestUpTo, type UploadTask } from "./upload-task.ts";

/** An upload to continue, and the lock that keeps other tabs from it. */
export interface FoundUpload {
  readonly view: UploadView;
  readonly release: Release;
}

/**
 * Finds or creates the upload of this file: the remembered one, else an unfinished one with this name,
 * size and profile, else a new one. An existing upload is used only if a digest verifies that the
 * bytes on the server are the beginning of this file.
 */
export async function findUpload(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const upload = await locate(task, signal);
  task.verifiedId = upload.view.id;
  if (isRemembered(task)) await task.engine.runtime.memory.remember(task.fingerprint, upload.view);
  // A waiting task may poll too late to see an upload that completes quickly.
  for (const other of task.engine.followers) {
    if (other.fingerprint === task.fingerprint) other.followedId = upload.view.id;
  }
  const held = heldRanges(upload.view);
  task.state.heldByServer(held, { view: upload.view, resumedFrom: totalLength(held) });
  if (!signal.aborted) return upload;
  upload.release();
  throw new UploadFailure("ABORTED");
}

async function locate(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  if (task.uploadId !== null) return findById(task, task.uploadId, signal);
  const found = await recallUpload(task, signal);
  if (found !== null) return found;
  const searched = (await mayExist(task, signal)) ? await search(task, signal, false) : null;
  return searched ?? (await createUpload(task, signal));
}

/** Whether a later process finds the upload again: not for a stream, nor for an upload created elsewhere. */
export function isRemembered({ uploadId, stream }: UploadTask): boolean {
  return uploadId === null && stream === null;
}

/** Returns the upload that the caller named. Throws DIFFERENT_FILE when it holds bytes of another file. */
async function findById(task: UploadTask, id: string, signal: AbortSignal): Promise<FoundUpload> {
  const { engine } = task;
  const view = await retry(task, signal, () => engine.api.status.query({ id }, { signal }));
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  const name = lockName(id);
  const release =
    (await engine.runtime.locks.tryHold(name)) ?? (await waitForLock(task, { name, signal }));
  if (await releaseOnError(release, () => isSameFile(task, view, signal))) return { view, release };
  release();
  throw new UploadFailure("DIFFERENT_FILE", {
    message: "The upload contains the bytes of another file.",
    details: { id, size: view.size },
  });
}

/** The byte ranges of the upload that the server holds. */
export function heldRanges(view: Pick<UploadView, "received">): ByteRange[] {
  return view.received.map(([start, end]) => ({ start, end }));
}

async function recallUpload(task: UploadTask, signal: AbortSignal): Promise<FoundUpload | null> {
  const { memory, locks } = task.engine.runtime;
  const id = task.verifiedId ?? (await rememberedId(task));
  if (id === null) return null;
  const view = await statusOf(task, id, signal);
  if (view !== null && view.status !== "expired") {
    const name = lockName(id);
    const release = (await locks.tryHold(name)) ?? (await waitForLock(task, { name, signal }));
    if (await releaseOnError(release, () => isSameFile(task, view, signal)))
      return { view, release };
    release();
  }
  task.verifiedId = null;
  task.followedId = null;
  await memory.forget(task.fingerprint);
  return null;
}

/** The upload that an earlier process left unfinished, else the one that another tab completed while this one waited. */
async function rememberedId(task: UploadTask): Promise<string | null> {
  if (!isRemembered(task)) return null;
  return (await task.engine.runtime.memory.recall(task.fingerprint)) ?? task.followedId;
}

/** Whether a search may find an upload. Many files share one request. */
async function mayExist(task: UploadTask, signal: AbortSignal): Promise<boolean> {
  const { filename } = task.source;
  const size = sizeOf(task.source);
  if (size === null) return false;
  return retry(task, signal, () => {
    // A client that is not signed in has no unfinished uploads; whether it may upload, `init` decides.
    const found = task.engine.unfinished.mayHold({ filename, size });
    return orAborted(orIfUnauthenticated(found, false), signal);
  });
}

/**
 * Searches the server for an unfinished upload of this file, created on another device or forgotten by
 * this one. Another machine may just have created an upload without bytes. It is used only with
 * `maybeOurs`: a request of this client may have created it.
 */
async function search(
  task: UploadTask,
  signal: AbortSignal,
  maybeOurs: boolean,
): Promise<FoundUpload | null> {
  const { engine, source } = task;
  const size = sizeOf(source);
  if (size === null) return null;
  const file = { filename: source.filename, size };
  const candidates = await retry(task, signal, () =>
    orIfUnauthenticated(engine.api.resumable.query(file, { signal }), []),
  );
  for (const candidate of candidates) {
    if (!matchesRequest(candidate, task)) continue;
    // Lists do not contain the prefix.
    const view = candidate.offset > 0 ? await statusOf(task, candidate.id, signal) : candidate;
    // Bytes after a gap cannot be compared.
    if (view === null || !(view.prefix?.length || (maybeOurs && view.received.length === 0)))
      continue;
    const release = await engine.runtime.locks.tryHold(lockName(view.id));
    if (release === null) continue;
    if (await releaseOnError(release, () => isSameFile(task, view, signal)))
      return { view, release };
    release();
  }
  return null;
}

/** Whether the upload has the path, profile, metadata and digest algorithm that the caller requested. */
function matchesRequest(view: UploadView, { begin, source }: UploadTask): boolean {
  const { checksumAlgorithm: algorithm = view.checksumAlgorithm } = begin;
  return (
    view.path === storedPath(source) &&
    view.profile === profileOf(begin) &&
    metadataText(view.metadata) === metadataText(begin.metadata) &&
    (canonicalName(view.checksumAlgorithm) ?? view.checksumAlgorithm) ===
      (canonicalName(algorithm) ?? algorithm)
  );
}

/** The path as the server stores it; null if the server refuses it at `init`. */
function storedPath(source: UploadSource): string | null {
  try {
    return readRelativePath(pathOf(source), plainFilename(source.filename));
  } catch {
    return null;
  }
}

async function createUpload(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const { engine, source } = task;
  const { filename } = source;
  const path = pathOf(source);
  const contentType = source.contentType === "" ? {} : { contentType: source.contentType };
  const size = sizeOf(source);
  // A direct upload reads its parts twice, and has at least one.
  const isIndirect = task.begin.transfer !== undefined && (task.stream !== null || !size);
  let isRetry = false;
  return retry(task, signal, async () => {
    // Only the response to the previous attempt may have been lost.
    const found = isRetry ? await search(task, signal, true) : null;
    if (found !== null) return found;
    isRetry = true;
    // Without the signal: a cancellation needs the id to delete the new upload.
    const view = await engine.api.init.mutate({
      ...task.begin,
      filename,
      ...(path === null ? {} : { path }),
      size,
      ...contentType,
      ...(isIndirect ? { transfer: "server" as const } : {}),
    });
    const release = await engine.runtime.locks.tryHold(lockName(view.id));
    return { view, release: release ?? (() => undefined) };
  });
}

/** The current state of the upload; null when it no longer exists (404, 410). */
async function statusOf(
  task: UploadTask,
  id: string,
  signal: AbortSignal,
): Promise<UploadView | null> {
  try {
    return await retry(task, signal, () => task.engine.api.status.query({ id }, { signal }));
  } catch (thrown) {
    const failure = readFailure(thrown);
    if (failure.code === "NOT_FOUND" || failure.code === "EXPIRED") return null;
    throw failure;
  }
}

/** Compares the bytes on the server with the beginning of the local file. */
async function isSameFile(
  task: UploadTask,
  view: UploadView,
  signal: AbortSignal,
): Promise<boolean> {
  // A stream has no size to compare: its upload was created by this task.
  if (task.verifiedId === view.id) return true;
  const size = sizeOf(task.source);
  const isDeferred = task.uploadId !== null && (view.size === null || size === null);
  if (view.size !== size && !isDeferred) return false;
  const { prefix } = view;
  if (prefix === null || prefix.length === 0) return true;
  if (size !== null && prefix.length > size) return false;
  const range = { length: prefix.length, algorithm: view.checksumAlgorithm, signal };
  return (await digestUpTo(task, range)) === prefix.checksum.toLowerCase();
}

/** Releases the lock when `work` fails. */
export async function releaseOnError<T>(release: Release, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Waits until another tab releases the lock `name`, and shows this as a hold. */
export async function waitForLock(
  task: UploadTask,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<Release> {
  const endHold = task.state.hold("other-tab");
  try {
    return await task.engine.runtime.locks.hold(name, signal);
  } finally {
    endHold();
  }
}

function lockName(id: string): string {
  return `upload:${id}`;
}
