import type { UploadView } from "../wire/schemas.ts";
import { awaitCompletion, isSettled } from "./await-completion.ts";
import { type FailureCode, readFailure, type UploadFailure } from "./failure.ts";
import {
  type FoundUpload,
  findUpload,
  guarded,
  isRemembered,
  waitForOthers,
} from "./find-upload.ts";
import { finish } from "./finish-upload.ts";
import { SMALL_FILE_BYTES } from "./queue-totals.ts";
import type { Release } from "./runtime.ts";
import type { Slots } from "./slots.ts";
import { sizeOf } from "./source.ts";
import { enterPhase, type UploadTask } from "./upload-task.ts";

/** How often an upload that turned out useless is begun again. */
const NEW_STARTS = 2;
/** How often a waiting tab looks which upload the other one is at, in milliseconds. */
const LOOK_MS = 500;

/**
 * Takes the task's file from wherever it stands to a completed upload. Throws `UploadFailure`;
 * ABORTED when `signal` aborts, and then everything gained stays in the task for the next run.
 */
export async function runUpload(task: UploadTask, signal: AbortSignal): Promise<UploadView> {
  const { content } = task.source;
  if (content.kind === "unreadable") throw content.failure;
  const release = await takeTurn(task, signal);
  let complete: UploadView;
  try {
    complete = await runLocked(task, signal);
    if (isSettled(complete)) await forgetPlace(task);
  } finally {
    release();
  }
  if (isSettled(complete)) return complete;
  task.state.set({ view: complete });
  // Without the slot: the next file need not wait for what the server makes of this one.
  const done = await awaitCompletion(task, complete, signal);
  await forgetPlace(task);
  return done;
}

async function forgetPlace(task: UploadTask): Promise<void> {
  if (isRemembered(task)) await task.engine.runtime.memory.forget(task.fingerprint);
}

/**
 * Waits for a free slot and for the file itself: two tabs do not send one file twice. The second
 * waits without a slot, and then finds the upload done or goes on with it.
 */
async function takeTurn(task: UploadTask, signal: AbortSignal): Promise<Release> {
  const { runtime } = task.engine;
  const files = slotsFor(task);
  const name = `file:${task.fingerprint}`;
  const first = await files.acquire(signal);
  // Of streams nobody can tell that they are the same.
  if (task.stream !== null && task.uploadId === null) return first;
  const free = await guarded(first, () => runtime.locks.tryHold(name));
  if (free !== null) return both(free, first);
  first();
  const lock = await followOthers(task, { name, signal });
  return both(lock, await guarded(lock, () => files.acquire(signal)));
}

function slotsFor({ engine, source }: UploadTask): Slots {
  return (sizeOf(source) ?? Number.POSITIVE_INFINITY) <= SMALL_FILE_BYTES
    ? engine.smallFiles
    : engine.files;
}

/** Waits for the other task or tab, and notes which upload it is at: when that is done, so is this one. */
async function followOthers(
  task: UploadTask,
  ask: { name: string; signal: AbortSignal },
): Promise<Release> {
  const { clock, memory } = task.engine.runtime;
  const look = () => {
    if (!isRemembered(task)) return;
    void memory.recall(task.fingerprint).then((id) => {
      task.followed = id ?? task.followed;
    });
  };
  look();
  const stopLooking = clock.every(LOOK_MS, look);
  const { followers } = task.engine;
  followers.add(task);
  try {
    return await waitForOthers(task, ask);
  } finally {
    followers.delete(task);
    stopLooking();
  }
}

function both(lock: Release, slot: Release): Release {
  return () => {
    lock();
    slot();
  };
}

async function runLocked(task: UploadTask, signal: AbortSignal): Promise<UploadView> {
  for (let starts = 0; ; starts += 1) {
    enterPhase(task, "proving", signal);
    const found = await findUpload(task, signal);
    try {
      return await finish(task, found.view, signal);
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (starts >= NEW_STARTS || !(await mayStartAnew(task, found, failure))) throw failure;
    } finally {
      found.release();
    }
  }
}

/** After these nothing will ever complete the upload. */
const hopeless: ReadonlySet<FailureCode> = new Set(["REJECTED", "TOO_LARGE", "CHECKSUM_MISMATCH"]);

/**
 * An upload that expired under way, or that was taken up again and turned out to hold another
 * file's bytes behind the proven part, is useless: another is begun. One that can never complete is
 * removed, since it takes of the user's quota until it expires.
 */
async function mayStartAnew(
  task: UploadTask,
  { view }: FoundUpload,
  { code }: UploadFailure,
): Promise<boolean> {
  const { uploadId, stream, state } = task;
  if (uploadId !== null) return false;
  const mixed = code === "CHECKSUM_MISMATCH" && state.snapshot.resumedFrom > 0;
  // What was read of a stream is gone.
  const lost = stream !== null && (code === "FILE_UNREADABLE" || code === "NOT_REPEATABLE");
  const isHopeless = lost || hopeless.has(code);
  if (isHopeless || code === "EXPIRED" || code === "NOT_FOUND") await forget(task);
  if (isHopeless) await removeUnfinished(task, view.id).catch(() => undefined);
  return stream === null && (mixed || code === "EXPIRED");
}

/** Another machine may have finished it with its own file: that one is not ours to remove. */
async function removeUnfinished({ engine }: UploadTask, id: string): Promise<void> {
  const { status } = await engine.api.status.query({ id });
  if (status === "uploading") await engine.api.delete.mutate({ id });
}

/** The next run begins another upload: this one is gone, or will never match. */
async function forget(task: UploadTask): Promise<void> {
  task.proven = null;
  await forgetPlace(task);
  task.state.answered([]);
}
