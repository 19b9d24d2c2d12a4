import { plainFilename } from "../core/begin/filename.ts";
import { readRelativePath } from "../core/begin/relative-path.ts";
import { type ByteRange, totalLength } from "../core/ranges.ts";
import { canonicalName } from "../digests/names.ts";
import type { UploadView } from "../wire/schemas.ts";
import { metadataText, profileOf } from "./control.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { persist } from "./persist.ts";
import type { Release } from "./runtime.ts";
import { pathOf, sizeOf, type UploadSource } from "./source.ts";
import { digestUpTo, type UploadTask } from "./upload-task.ts";

/** An upload to go on with, and the lock that keeps other tabs from it. */
export interface FoundUpload {
  readonly view: UploadView;
  readonly release: Release;
}

/**
 * The upload that this file belongs to: the one that was remembered, else an unfinished one of this
 * name, size and profile, else a new one. One that was found is taken only if the part that the server holds
 * is proven to be this file's beginning.
 */
export async function findUpload(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const upload = await locate(task, signal);
  task.proven = upload.view.id;
  if (isRemembered(task)) await task.engine.runtime.memory.remember(task.fingerprint, upload.view);
  // Whoever looks only now and then misses what is done in a moment.
  for (const other of task.engine.followers) {
    if (other.fingerprint === task.fingerprint) other.followed = upload.view.id;
  }
  const held = heldRanges(upload.view);
  task.state.answered(held, { view: upload.view, resumedFrom: totalLength(held) });
  if (!signal.aborted) return upload;
  upload.release();
  throw new UploadFailure("ABORTED");
}

async function locate(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  if (task.uploadId !== null) return take(task, task.uploadId, signal);
  const found = await recall(task, signal);
  if (found !== null) return found;
  const searched = (await mayBeThere(task, signal)) ? await search(task, signal, false) : null;
  return searched ?? (await begin(task, signal));
}

/** Whether the upload is found again in another life: neither a stream nor what somebody else began. */
export function isRemembered({ uploadId, stream }: UploadTask): boolean {
  return uploadId === null && stream === null;
}

/** The upload that the caller named. Throws DIFFERENT_FILE when it holds another file's bytes. */
async function take(task: UploadTask, id: string, signal: AbortSignal): Promise<FoundUpload> {
  const { engine } = task;
  const view = await persist(task, signal, () => engine.api.status.query({ id }, { signal }));
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  const name = lockOf(id);
  const release =
    (await engine.runtime.locks.tryHold(name)) ?? (await waitForOthers(task, { name, signal }));
  if (await guarded(release, () => isSameFile(task, view, signal))) return { view, release };
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

async function recall(task: UploadTask, signal: AbortSignal): Promise<FoundUpload | null> {
  const { memory, locks } = task.engine.runtime;
  const id = task.proven ?? (await rememberedId(task));
  if (id === null) return null;
  const view = await statusOf(task, id, signal);
  if (view !== null && view.status !== "expired") {
    const name = lockOf(id);
    const release = (await locks.tryHold(name)) ?? (await waitForOthers(task, { name, signal }));
    if (await guarded(release, () => isSameFile(task, view, signal))) return { view, release };
    release();
  }
  task.proven = null;
  task.followed = null;
  await memory.forget(task.fingerprint);
  return null;
}

/** What an earlier life left unfinished, or else what another tab has finished while this one waited. */
async function rememberedId(task: UploadTask): Promise<string | null> {
  if (!isRemembered(task)) return null;
  return (await task.engine.runtime.memory.recall(task.fingerprint)) ?? task.followed;
}

/** Whether a search may find something: one answer of the server tells it for many files. */
async function mayBeThere(task: UploadTask, signal: AbortSignal): Promise<boolean> {
  const { filename } = task.source;
  const size = sizeOf(task.source);
  if (size === null) return false;
  return persist(task, signal, () => {
    const asked = task.engine.unfinished.mayHold({ filename, size });
    return orAborted(unlessNobody(asked, false), signal);
  });
}

/** Nobody has nothing unfinished. Whether nobody may upload at all, the server says when one begins. */
async function unlessNobody<T>(asked: Promise<T>, none: T): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    if (readFailure(thrown).code !== "UNAUTHENTICATED") throw thrown;
    return none;
  }
}

/**
 * Another device, or a browser that forgot: the server knows what is unfinished. One that holds
 * nothing yet may be another machine's, which has just begun it for a file of its own: it is taken
 * only if it may be ours, `begun` a moment ago.
 */
async function search(
  task: UploadTask,
  signal: AbortSignal,
  begun: boolean,
): Promise<FoundUpload | null> {
  const { engine, source } = task;
  const size = sizeOf(source);
  if (size === null) return null;
  const ask = { filename: source.filename, size };
  const candidates = await persist(task, signal, () =>
    unlessNobody(engine.api.resumable.query(ask, { signal }), []),
  );
  for (const candidate of candidates) {
    if (!isAskedFor(candidate, task)) continue;
    // Lists leave the prefix out.
    const view = candidate.offset > 0 ? await statusOf(task, candidate.id, signal) : candidate;
    // Of bytes that lie beyond the unbroken prefix nothing can be proven.
    if (view === null || !(view.prefix?.length || (begun && view.received.length === 0))) continue;
    const release = await engine.runtime.locks.tryHold(lockOf(view.id));
    if (release === null) continue;
    if (await guarded(release, () => isSameFile(task, view, signal))) return { view, release };
    release();
  }
  return null;
}

/** Whether the upload is of the same path, and of the profile, metadata and digest that the caller wants. */
function isAskedFor(view: UploadView, { begin, source }: UploadTask): boolean {
  const { checksumAlgorithm: algorithm = view.checksumAlgorithm } = begin;
  return (
    view.path === storedPath(source) &&
    view.profile === profileOf(begin) &&
    metadataText(view.metadata) === metadataText(begin.metadata) &&
    (canonicalName(view.checksumAlgorithm) ?? view.checksumAlgorithm) ===
      (canonicalName(algorithm) ?? algorithm)
  );
}

/** The path as the server stores it. One that it refuses, it refuses when the upload begins. */
function storedPath(source: UploadSource): string | null {
  try {
    return readRelativePath(pathOf(source), plainFilename(source.filename));
  } catch {
    return null;
  }
}

async function begin(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const { engine, source } = task;
  const { filename } = source;
  const path = pathOf(source);
  const contentType = source.contentType === "" ? {} : { contentType: source.contentType };
  let doubtful = false;
  return persist(task, signal, async () => {
    // The answer to the first try may be all that was lost.
    const found = doubtful ? await search(task, signal, true) : null;
    if (found !== null) return found;
    doubtful = true;
    // Not aborted with the rest: whoever cancels must know the id of what was begun.
    const view = await engine.api.init.mutate({
      ...task.begin,
      filename,
      ...(path === null ? {} : { path }),
      size: sizeOf(source),
      ...contentType,
    });
    const release = await engine.runtime.locks.tryHold(lockOf(view.id));
    return { view, release: release ?? (() => undefined) };
  });
}

/** The upload as it stands; null when there is none any more (404, 410). */
async function statusOf(
  task: UploadTask,
  id: string,
  signal: AbortSignal,
): Promise<UploadView | null> {
  try {
    return await persist(task, signal, () => task.engine.api.status.query({ id }, { signal }));
  } catch (thrown) {
    const failure = readFailure(thrown);
    if (failure.code === "NOT_FOUND" || failure.code === "EXPIRED") return null;
    throw failure;
  }
}

/** Compares what the server holds with the beginning of the local file. */
async function isSameFile(
  task: UploadTask,
  view: UploadView,
  signal: AbortSignal,
): Promise<boolean> {
  // A stream has no size of its own to compare: what was begun for it is its upload.
  if (task.proven === view.id) return true;
  const size = sizeOf(task.source);
  const isDeferred = task.uploadId !== null && (view.size === null || size === null);
  if (view.size !== size && !isDeferred) return false;
  const { prefix } = view;
  if (prefix === null || prefix.length === 0) return true;
  if (size !== null && prefix.length > size) return false;
  const ask = { length: prefix.length, algorithm: view.checksumAlgorithm, signal };
  return (await digestUpTo(task, ask)) === prefix.checksum.toLowerCase();
}

/** Lets go when `work` fails. */
export async function guarded<T>(release: Release, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Waits until another tab lets go of the lock `name`, and shows that it does. */
export async function waitForOthers(
  task: UploadTask,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<Release> {
  const shown = task.state.hold("other-tab");
  try {
    return await task.engine.runtime.locks.hold(name, signal);
  } finally {
    shown();
  }
}

function lockOf(id: string): string {
  return `upload:${id}`;
}
