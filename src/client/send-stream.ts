import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { persist, waitOut } from "./persist.ts";
import { putBytes } from "./put-bytes.ts";
import type { StreamWindow } from "./stream-window.ts";
import type { UploadTask } from "./upload-task.ts";

/** A stream on its way into one upload. */
export interface StreamSending {
  readonly task: UploadTask;
  readonly stream: StreamWindow;
  readonly id: string;
  /** The length that the server was told before; null while it is deferred. */
  readonly size: number | null;
  readonly chunkSize: number;
  readonly algorithm: string;
  readonly signal: AbortSignal;
}

/**
 * Sends the stream to its end, one chunk after another, from the server's `offset` on. The total is
 * told with the last chunk, if it is known by then. Answers how many bytes the stream has.
 */
export async function sendStream(sending: StreamSending, offset: number): Promise<number> {
  const { task, stream, chunkSize, algorithm, signal } = sending;
  let held = offset;
  await orAborted(stream.settled(), signal);
  for (;;) {
    if (held < stream.start) throw new UploadFailure("NOT_REPEATABLE");
    if (held < stream.end) held = await sendWindow(sending, held);
    else if (stream.ended) break;
    else {
      await orAborted(stream.advance(chunkSize, algorithm), signal);
      task.state.digested(stream.end);
    }
  }
  task.state.sized(stream.end);
  return stream.end;
}

/** Sends what the server misses of the window. Answers what it holds then; less than asked when it lost bytes. */
async function sendWindow(sending: StreamSending, from: number): Promise<number> {
  const { task, stream, id, size, signal } = sending;
  let held = from;
  let tries = 1;
  while (held >= stream.start && held < stream.end) {
    const range = { start: held, end: stream.end };
    const total = size ?? (stream.ended ? stream.end : null);
    const asked = task.engine.gate.openings;
    try {
      const body = stream.slice(range.start, range.end);
      await putBytes(task, { id, range, total, body, chunk: 0, signal });
      held = range.end;
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code === "ALREADY_COMPLETE") {
        task.state.answered([{ start: 0, end: stream.end }]);
        return stream.end;
      }
      tries = await waitOut(task, { failure, tries, asked, signal });
      held = await askOffset(sending);
      tries = held === range.start ? tries + 1 : 1;
    }
  }
  return held;
}

/** Where the next byte belongs. Throws EXPIRED. */
export async function askOffset({ task, id, signal }: StreamSending): Promise<number> {
  const view = await persist(task, signal, () => task.engine.api.status.query({ id }, { signal }));
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  task.state.answered([{ start: 0, end: view.offset }]);
  return view.offset;
}
