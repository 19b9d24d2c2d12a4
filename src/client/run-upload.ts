import type { UploadView } from "../wire/schemas.ts";
import { ChunkPlan } from "./chunk-plan.ts";
import { readFailure, type UploadFailure } from "./failure.ts";
import { type FoundUpload, findUpload, waitForOthers } from "./find-upload.ts";
import { persist } from "./persist.ts";
import type { Release } from "./runtime.ts";
import { askAgain, type Sending, sendChunks } from "./send-chunks.ts";
import { digestUpTo, type UploadTask } from "./upload-task.ts";

/** How often an upload that turned out useless is begun again, and a completion that lacks bytes repeated. */
const NEW_STARTS = 2;
const REPEATS = 5;
/** How often a standstill is looked at, in milliseconds. */
const TICK_MS = 500;

/**
 * Takes the task's file from wherever it stands to a completed upload. Throws `UploadFailure`;
 * ABORTED when `signal` aborts, and then everything gained stays in the task for the next run.
 */
export async function runUpload(task: UploadTask, signal: AbortSignal): Promise<UploadView> {
  const release = await takeTurn(task, signal);
  try {
    return await runLocked(task, signal);
  } finally {
    release();
  }
}

/**
 * Waits for a free slot and for the file itself: two tabs do not send one file twice. The second
 * waits without a slot, and then finds the upload done or goes on with it.
 */
async function takeTurn(task: UploadTask, signal: AbortSignal): Promise<Release> {
  const { files, runtime } = task.engine;
  const name = `file:${task.fingerprint}`;
  const first = await files.acquire(signal);
  const free = await runtime.locks.tryHold(name);
  if (free !== null) return both(free, first);
  first();
  const lock = await waitForOthers(task, { name, signal });
  try {
    return both(lock, await files.acquire(signal));
  } catch (thrown) {
    lock();
    throw thrown;
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
    task.state.set({ phase: "proving" });
    const found = await findUpload(task, signal);
    try {
      const view = await finish(task, found, signal);
      await task.engine.runtime.memory.forget(task.fingerprint);
      return view;
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (starts >= NEW_STARTS || !(await mayStartAnew(task, found, failure))) throw failure;
    } finally {
      found.release();
    }
  }
}

/**
 * An upload that expired under way, or that was taken up again and turned out to hold another
 * file's bytes behind the proven part, is useless: another is begun.
 */
async function mayStartAnew(
  task: UploadTask,
  found: FoundUpload,
  failure: UploadFailure,
): Promise<boolean> {
  const mixed = failure.code === "CHECKSUM_MISMATCH" && task.state.snapshot.resumedFrom > 0;
  if (!mixed && failure.code !== "EXPIRED") {
    if (failure.code === "NOT_FOUND" || failure.code === "CHECKSUM_MISMATCH") await forget(task);
    return false;
  }
  await forget(task);
  if (mixed && found.view.status === "uploading") {
    await task.engine.api.delete.mutate({ id: found.view.id }).catch(() => undefined);
  }
  return true;
}

/** The next run begins another upload: this one is gone, or will never match. */
async function forget(task: UploadTask): Promise<void> {
  task.proven = null;
  await task.engine.runtime.memory.forget(task.fingerprint);
  task.state.acknowledged(0);
}

async function finish(
  task: UploadTask,
  found: FoundUpload,
  signal: AbortSignal,
): Promise<UploadView> {
  const { source, state, engine } = task;
  const { size } = source.file;
  const { view } = found;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const plan = new ChunkPlan(
    size,
    view.chunkSize,
    view.received.map(([start, end]) => ({ start, end })),
  );
  const sending: Sending = { task, id: view.id, plan, signal: either, asking: null };
  const stopTicking = engine.runtime.clock.every(TICK_MS, () => state.tick());
  const stopWatching = showOffline(task);
  const checksum = digestUpTo(task, {
    length: size,
    algorithm: view.checksumAlgorithm,
    signal: either,
  });
  // A file that cannot be read any more ends the sending too.
  let unreadable: UploadFailure | null = null;
  checksum.catch((thrown: unknown) => {
    unreadable = readFailure(thrown);
    stop.abort();
  });
  try {
    return await sendAndComplete(sending, checksum);
  } catch (thrown) {
    throw unreadable ?? readFailure(thrown);
  } finally {
    stopTicking();
    stopWatching();
    stop.abort();
  }
}

async function sendAndComplete(sending: Sending, digest: Promise<string>): Promise<UploadView> {
  const { task, id, signal } = sending;
  for (let repeats = 0; ; repeats += 1) {
    task.state.set({ phase: "uploading" });
    await sendChunks(sending);
    task.state.set({ phase: "completing" });
    const checksum = await digest;
    try {
      return await persist(task, signal, () =>
        task.engine.api.complete.mutate({ id, checksum }, { signal }),
      );
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code !== "INCOMPLETE" || repeats >= REPEATS) throw failure;
      await askAgain(sending);
    }
  }
}

/** Says at once that the line is gone: what is on the way may take long to fail. */
function showOffline({ state, engine }: UploadTask): Release {
  const { network } = engine.runtime;
  let shown: Release | null = null;
  const look = () => {
    if (!network.isOnline()) shown ??= state.hold("offline");
    else {
      shown?.();
      shown = null;
    }
  };
  const leave = network.onChange(look);
  return () => {
    leave();
    shown?.();
  };
}
