import type { UploadView } from "../wire/schemas.ts";
import { awaitCompletion, isSettled } from "./await-completion.ts";
import { type FailureCode, readFailure, type UploadFailure } from "./failure.ts";
import {
  type FoundUpload,
  findUpload,
  isRemembered,
  releaseOnError,
  waitForLock,
} from "./find-upload.ts";
import { finish } from "./finish-upload.ts";
import { SMALL_FILE_BYTES } from "./queue-totals.ts";
import type { Release } from "./runtime.ts";
import type { Slots } from "./slots.ts";
import { sizeOf } from "./source.ts";
import { enterPhase, type UploadTask } from "./upload-task.ts";

/** How often a useless upload is replaced by a new one. */
const MAX_RESTARTS = 2;
/** How often a waiting task checks which upload the other tab works on, in milliseconds. */
const POLL_MS = 500;

/**
 * Uploads and completes the task's file, from its current state. Throws `UploadFailure`; ABORTED when
 * `signal` aborts. The task keeps what was achieved for the next run.
 */
export async function runUpload(task: UploadTask, signal: AbortSignal): Promise<UploadView> {
  const { content } = task.source;
  if (content.kind === "unreadable") throw content.failure;
  const release = await acquireTurn(task, signal);
  let complete: UploadView;
  try {
    complete = await runLocked(task, signal);
    if (isSettled(complete)) await forgetUpload(task);
  } finally {
    release();
  }
  if (isSettled(complete)) return complete;
  task.state.set({ view: complete });
  // The slot is free by now: the next file does not wait for this `onComplete`.
  const done = await awaitCompletion(task, complete, signal);
  await forgetUpload(task);
  return done;
}

async function forgetUpload(task: UploadTask): Promise<void> {
  if (isRemembered(task)) await task.engine.runtime.memory.forget(task.fingerprint);
}

/**
 * Waits for a free slot and for the lock of the file, so that two tabs do not send one file twice. The
 * second one waits without a slot. Then it finds the upload complete, or continues it.
 */
async function acquireTurn(task: UploadTask, signal: AbortSignal): Promise<Release> {
  const { runtime } = task.engine;
  const files = slotsFor(task);
  const name = `file:${task.fingerprint}`;
  const first = await files.acquire(signal);
  // Two streams cannot be recognized as the same.
  if (task.stream !== null && task.uploadId === null) return first;
  const free = await releaseOnError(first, () => runtime.locks.tryHold(name));
  if (free !== null) return releaseBoth(free, first);
  first();
  const lock = await waitAndFollow(task, { name, signal });
  return releaseBoth(lock, await releaseOnError(lock, () => files.acquire(signal)));
}

function slotsFor({ engine, source }: UploadTask): Slots {
  return (sizeOf(source) ?? Number.POSITIVE_INFINITY) <= SMALL_FILE_BYTES
    ? engine.smallFiles
    : engine.files;
}

/** Waits for the other task or tab and records its upload: when that is complete, so is this one. */
async function waitAndFollow(
  task: UploadTask,
  lock: { name: string; signal: AbortSignal },
): Promise<Release> {
  const { clock, memory } = task.engine.runtime;
  const poll = () => {
    if (!isRemembered(task)) return;
    void memory.recall(task.fingerprint).then((id) => {
      task.followedId = id ?? task.followedId;
    });
  };
  poll();
  const stopPolling = clock.every(POLL_MS, poll);
  const { followers } = task.engine;
  followers.add(task);
  try {
    return await waitForLock(task, lock);
  } finally {
    followers.delete(task);
    stopPolling();
  }
}

function releaseBoth(lock: Release, slot: Release): Release {
  return () => {
    lock();
    slot();
  };
}

async function runLocked(task: UploadTask, signal: AbortSignal): Promise<UploadView> {
  for (let restarts = 0; ; restarts += 1) {
    enterPhase(task, "verifying", signal);
    const found = await findUpload(task, signal);
    try {
      return await finish(task, found.view, signal);
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (restarts >= MAX_RESTARTS || !(await mayRestart(task, found, failure))) throw failure;
    } finally {
      found.release();
    }
  }
}

/** After these codes the upload can never complete. */
const permanentCodes: ReadonlySet<FailureCode> = new Set([
  "REJECTED",
  "TOO_LARGE",
  "CHECKSUM_MISMATCH",
]);

/**
 * Whether to start again with a new upload: this one has expired, or it was resumed and holds bytes of
 * another file after the verified part. An upload that can never complete is deleted, since it uses
 * the user's quota until it expires.
 */
async function mayRestart(
  task: UploadTask,
  { view }: FoundUpload,
  { code }: UploadFailure,
): Promise<boolean> {
  const { uploadId, stream, state } = task;
  if (uploadId !== null) return false;
  const mixed = code === "CHECKSUM_MISMATCH" && state.snapshot.resumedFrom > 0;
  // A stream cannot be read again.
  const lost = stream !== null && (code === "FILE_UNREADABLE" || code === "NOT_REPEATABLE");
  const isPermanent = lost || permanentCodes.has(code);
  // A direct upload shows only while it is continued that it has parts of another file.
  const isUseless = code === "EXPIRED" || code === "DIFFERENT_FILE";
  if (isPermanent || isUseless || code === "NOT_FOUND") await forget(task);
  if (isPermanent) await removeUnfinished(task, view.id).catch(() => undefined);
  return stream === null && (mixed || isUseless);
}

/** Deletes the upload, unless another client has completed it with its own file. */
async function removeUnfinished({ engine }: UploadTask, id: string): Promise<void> {
  const { status } = await engine.api.status.query({ id });
  if (status === "uploading") await engine.api.delete.mutate({ id });
}

/** Makes the next run create a new upload: this one is gone or will never match. */
async function forget(task: UploadTask): Promise<void> {
  task.verifiedId = null;
  task.followedId = null;
  await forgetUpload(task);
  task.state.heldByServer([]);
}
