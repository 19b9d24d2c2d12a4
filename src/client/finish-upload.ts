import type { UploadView } from "../wire/schemas.ts";
import { ChunkPlan } from "./chunk-plan.ts";
import { readFailure, type UploadFailure } from "./failure.ts";
import { persist } from "./persist.ts";
import type { Release } from "./runtime.ts";
import { askAgain, type Sending, sendChunks } from "./send-chunks.ts";
import { askOffset, sendStream } from "./send-stream.ts";
import type { StreamWindow } from "./stream-window.ts";
import { digestUpTo, enterPhase, fileOf, type UploadTask } from "./upload-task.ts";

/** How often a completion that lacks bytes is repeated. */
const REPEATS = 5;
/** How often a standstill is looked at, in milliseconds. */
const TICK_MS = 500;

/** Sends what `view` lacks of the task's source, and completes it. Throws `UploadFailure`. */
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
      : await finishStream({ task, stream, view: view }, signal);
  } finally {
    stopTicking();
    stopWatching();
  }
}

/** The digest of a stream is there when its last byte has been read: nothing is read twice. */
async function finishStream(
  { task, stream, view }: { task: UploadTask; stream: StreamWindow; view: UploadView },
  signal: AbortSignal,
): Promise<UploadView> {
  const { id, size, chunkSize, checksumAlgorithm: algorithm } = view;
  const sending = { task, stream, id, size, chunkSize, algorithm, signal };
  let offset = view.offset;
  return completing(task, {
    id,
    signal,
    send: async () => {
      const length = await sendStream(sending, offset);
      return () => stream.digestUpTo(length, { algorithm, signal });
    },
    again: async () => {
      offset = await askOffset(sending);
    },
  });
}

async function finishFile(
  task: UploadTask,
  view: UploadView,
  signal: AbortSignal,
): Promise<UploadView> {
  const { size } = fileOf(task);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const plan = new ChunkPlan(
    size,
    view.chunkSize,
    view.received.map(([start, end]) => ({ start, end })),
  );
  const sending: Sending = { task, id: view.id, plan, signal: either, asking: null };
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
    return await completing(task, {
      id: view.id,
      signal: either,
      send: async () => {
        await sendChunks(sending);
        return () => checksum;
      },
      again: () => askAgain(sending),
    });
  } catch (thrown) {
    throw unreadable ?? readFailure(thrown);
  } finally {
    stop.abort();
  }
}

interface Completing {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Sends all that is missing; answers how the checksum is to be had. */
  readonly send: () => Promise<() => Promise<string>>;
  /** Asks what the server holds, before the sending is repeated. */
  readonly again: () => Promise<void>;
}

/** Sends and completes; again when the server turns out to miss bytes that it had acknowledged. */
async function completing(
  task: UploadTask,
  { id, signal, send, again }: Completing,
): Promise<UploadView> {
  for (let repeats = 0; ; repeats += 1) {
    enterPhase(task, "uploading", signal);
    const digest = await send();
    enterPhase(task, "completing", signal);
    const checksum = await digest();
    try {
      return await persist(task, signal, () =>
        task.engine.api.complete.mutate({ id, checksum }, { signal }),
      );
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code !== "INCOMPLETE" || repeats >= REPEATS) throw failure;
      await again();
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
