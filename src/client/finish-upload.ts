import type { UploadView } from "../wire/schemas.ts";
import { ChunkPlan } from "./chunk-plan.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { retry } from "./retry.ts";
import type { Release } from "./runtime.ts";
import { type ChunkTransfer, refreshHeld, sendChunks } from "./send-chunks.ts";
import { fetchOffset, sendStream } from "./send-stream.ts";
import type { StreamWindow } from "./stream-window.ts";
import { digestUpTo, enterPhase, fileOf, type UploadTask } from "./upload-task.ts";

/** How often the client sends again when the completion reports missing bytes. */
const MAX_REPEATS = 5;
/** How often the state is checked for a stall, in milliseconds. */
const TICK_MS = 500;

/** Sends the bytes that `view` lacks and completes the upload. Throws `UploadFailure`. */
export async function finish(
  task: UploadTask,
  view: UploadView,
  signal: AbortSignal,
): Promise<UploadView> {
  const stopTicking = task.engine.runtime.clock.every(TICK_MS, () => task.state.tick());
  const stopWatching = showOffline(task);
  try {
    const { stream } = task;
    return stream === null
      ? await finishFile(task, view, signal)
      : await finishStream({ task, stream, view }, signal);
  } finally {
    stopTicking();
    stopWatching();
  }
}

/** A stream is digested while it is sent, so that its digest is known at its end. */
async function finishStream(
  { task, stream, view }: { task: UploadTask; stream: StreamWindow; view: UploadView },
  signal: AbortSignal,
): Promise<UploadView> {
  const { id, size, chunkSize, checksumAlgorithm: algorithm } = view;
  const transfer = { task, stream, id, size, chunkSize, algorithm, signal };
  let offset = view.offset;
  return sendAndComplete(task, {
    id,
    signal,
    send: async () => {
      const length = await sendStream(transfer, offset);
      return () => stream.digestUpTo(length, { algorithm, signal });
    },
    refresh: async () => {
      offset = await fetchOffset(transfer);
    },
  });
}

async function finishFile(
  task: UploadTask,
  view: UploadView,
  signal: AbortSignal,
): Promise<UploadView> {
  if (view.transfer === "direct") return finishDirect(task, view, signal);
  const { size } = fileOf(task);
  const stop = new AbortController();
  const anySignal = AbortSignal.any([signal, stop.signal]);
  const plan = new ChunkPlan(
    size,
    view.chunkSize,
    view.received.map(([start, end]) => ({ start, end })),
  );
  const transfer: ChunkTransfer = { task, id: view.id, plan, signal: anySignal, refreshing: null };
  const checksum = digestUpTo(task, {
    length: size,
    algorithm: view.checksumAlgorithm,
    signal: anySignal,
  });
  // If the file can no longer be read, the transfer stops too.
  let unreadable: UploadFailure | null = null;
  checksum.catch((thrown: unknown) => {
    unreadable = readFailure(thrown);
    stop.abort();
  });
  try {
    return await sendAndComplete(task, {
      id: view.id,
      signal: anySignal,
      send: async () => {
        await sendChunks(transfer);
        return () => checksum;
      },
      refresh: () => refreshHeld(transfer),
    });
  } catch (thrown) {
    throw unreadable ?? readFailure(thrown);
  } finally {
    stop.abort();
  }
}

/** The code for direct uploads is loaded only when it is needed. */
async function finishDirect(
  task: UploadTask,
  { id, chunkSize, checksumAlgorithm: algorithm }: UploadView,
  signal: AbortSignal,
): Promise<UploadView> {
  const { sendParts } = await retry(task, signal, loadDirect);
  return sendAndComplete(task, {
    id,
    signal,
    send: async () => {
      const checksum = await sendParts(task, { id, chunkSize, algorithm }, signal);
      return () => Promise.resolve(checksum);
    },
    // `sendParts` begins with the question which parts count.
    refresh: () => Promise.resolve(),
  });
}

async function loadDirect() {
  try {
    return await import("./direct/send-parts.ts");
  } catch (cause) {
    const message = "The code for direct uploads could not be loaded.";
    throw new UploadFailure("NETWORK", { message, cause });
  }
}

interface Completion {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Sends all missing bytes. Returns a function that computes the checksum. */
  readonly send: () => Promise<() => Promise<string>>;
  /** Gets what the server holds, before sending again. */
  readonly refresh: () => Promise<void>;
}

/** Sends and completes. Repeats both when the server lacks bytes that it had acknowledged. */
async function sendAndComplete(
  task: UploadTask,
  { id, signal, send, refresh }: Completion,
): Promise<UploadView> {
  for (let repeats = 0; ; repeats += 1) {
    enterPhase(task, "uploading", signal);
    const digest = await send();
    enterPhase(task, "completing", signal);
    const checksum = await digest();
    try {
      return await retry(task, signal, () =>
        task.engine.api.complete.mutate({ id, checksum }, { signal }),
      );
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code !== "INCOMPLETE" || repeats >= MAX_REPEATS) throw failure;
      await refresh();
    }
  }
}

/** Shows the hold `offline` at once: requests in flight may take long to fail. */
function showOffline({ state, engine }: UploadTask): Release {
  const { network } = engine.runtime;
  let endHold: Release | null = null;
  const update = () => {
    if (!network.isOnline()) endHold ??= state.hold("offline");
    else {
      endHold?.();
      endHold = null;
    }
  };
  const unsubscribe = network.onChange(update);
  return () => {
    unsubscribe();
    endHold?.();
  };
}
