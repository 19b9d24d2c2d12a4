import type { UploadView } from "../wire/schemas.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { persist } from "./persist.ts";
import type { Release } from "./runtime.ts";
import { digestUpTo, type UploadTask } from "./upload-task.ts";

/** An upload to go on with, and the lock that keeps other tabs from it. */
export interface FoundUpload {
  readonly view: UploadView;
  readonly release: Release;
}

/**
 * The upload that this file belongs to: the one that was remembered, else an unfinished one of this
 * name and size, else a new one. One that was found is taken only if the part that the server holds
 * is proven to be this file's beginning.
 */
export async function findUpload(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const found = (await recall(task, signal)) ?? (await search(task, signal));
  const upload = found ?? (await begin(task, signal));
  task.proven = upload.view.id;
  await task.engine.runtime.memory.remember(task.fingerprint, upload.view.id);
  const resumedFrom = heldBytes(upload.view);
  task.state.set({ view: upload.view, resumedFrom });
  task.state.acknowledged(resumedFrom);
  if (!signal.aborted) return upload;
  upload.release();
  throw new UploadFailure("ABORTED");
}

/** Bytes that the server holds of the upload. */
export function heldBytes(view: Pick<UploadView, "received">): number {
  return view.received.reduce((sum, [start, end]) => sum + (end - start), 0);
}

async function recall(task: UploadTask, signal: AbortSignal): Promise<FoundUpload | null> {
  const { memory, locks } = task.engine.runtime;
  const id = task.proven ?? (await memory.recall(task.fingerprint));
  if (id === null) return null;
  const view = await statusOf(task, id, signal);
  if (view !== null && view.status !== "expired") {
    const name = lockOf(id);
    const release = (await locks.tryHold(name)) ?? (await waitForOthers(task, { name, signal }));
    if (await guarded(release, () => isSameFile(task, view, signal))) return { view, release };
    release();
  }
  task.proven = null;
  await memory.forget(task.fingerprint);
  return null;
}

/** Another device, or a browser that forgot: the server knows what is unfinished. */
async function search(task: UploadTask, signal: AbortSignal): Promise<FoundUpload | null> {
  const { engine, source } = task;
  const ask = { filename: source.filename, size: source.file.size };
  const candidates = await persist(task, signal, () => engine.api.resumable.query(ask, { signal }));
  for (const candidate of candidates) {
    // Lists leave the prefix out.
    const view = candidate.offset > 0 ? await statusOf(task, candidate.id, signal) : candidate;
    if (view === null || !isProvable(view)) continue;
    const release = await engine.runtime.locks.tryHold(lockOf(view.id));
    if (release === null) continue;
    if (await guarded(release, () => isSameFile(task, view, signal))) return { view, release };
    release();
  }
  return null;
}

/** Of bytes that lie beyond the unbroken prefix nothing can be proven. */
function isProvable(view: UploadView): boolean {
  return view.received.length === 0 || view.prefix !== null;
}

async function begin(task: UploadTask, signal: AbortSignal): Promise<FoundUpload> {
  const { engine, source } = task;
  const { filename, file } = source;
  const contentType = file.type === "" ? {} : { contentType: file.type };
  let doubtful = false;
  return persist(task, signal, async () => {
    // The answer to the first try may be all that was lost.
    const found = doubtful ? await search(task, signal) : null;
    if (found !== null) return found;
    doubtful = true;
    // Not aborted with the rest: whoever cancels must know the id of what was begun.
    const view = await engine.api.init.mutate({
      ...task.begin,
      filename,
      size: file.size,
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
  if (view.size !== task.source.file.size) return false;
  const { prefix } = view;
  if (task.proven === view.id || prefix === null || prefix.length === 0) return true;
  const ask = { length: prefix.length, algorithm: view.checksumAlgorithm, signal };
  return (await digestUpTo(task, ask)) === prefix.checksum.toLowerCase();
}

async function guarded<T>(release: Release, work: () => Promise<T>): Promise<T> {
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
