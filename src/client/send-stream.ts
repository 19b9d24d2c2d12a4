import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { putBytes } from "./put-bytes.ts";
import { retry, waitOut } from "./retry.ts";
import type { StreamWindow } from "./stream-window.ts";
import type { UploadTask } from "./upload-task.ts";

/** The transfer of a stream into one upload. */
export interface StreamTransfer {
  readonly task: UploadTask;
  readonly stream: StreamWindow;
  readonly id: string;
  /** The length that the server knows; null while it is deferred. */
  readonly size: number | null;
  readonly chunkSize: number;
  readonly algorithm: string;
  readonly signal: AbortSignal;
}

/**
 * Sends the stream from the server's `offset` to its end, one chunk after another. The last chunk
 * carries the total, if it is known by then. Returns the length of the stream in bytes.
 */
export async function sendStream(transfer: StreamTransfer, offset: number): Promise<number> {
  const { task, stream, chunkSize, algorithm, signal } = transfer;
  let held = offset;
  await orAborted(stream.settled(), signal);
  for (;;) {
    if (held < stream.start) throw new UploadFailure("NOT_REPEATABLE");
    if (held < stream.end) held = await sendWindow(transfer, held);
    else if (stream.ended) break;
    else {
      await orAborted(stream.advance(chunkSize, algorithm), signal);
      task.state.digested(stream.end);
    }
  }
  task.state.sized(stream.end);
  return stream.end;
}

/**
 * Sends the part of the window that the server lacks. Returns the server's offset, which may be before
 * the window if the server has lost bytes.
 */
async function sendWindow(transfer: StreamTransfer, from: number): Promise<number> {
  const { task, stream, id, size, signal } = transfer;
  let held = from;
  let tries = 1;
  while (held >= stream.start && held < stream.end) {
    const range = { start: held, end: stream.end };
    const total = size ?? (stream.ended ? stream.end : null);
    const openings = task.engine.gate.openings;
    try {
      const body = stream.slice(range.start, range.end);
      await putBytes(task, { id, range, total, body, chunk: 0, signal });
      held = range.end;
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code === "ALREADY_COMPLETE") {
        task.state.heldByServer([{ start: 0, end: stream.end }]);
        return stream.end;
      }
      tries = await waitOut(task, { failure, tries, openings, signal });
      held = await fetchOffset(transfer);
      tries = held === range.start ? tries + 1 : 1;
    }
  }
  return held;
}

/** Gets the server's offset. Throws EXPIRED. */
export async function fetchOffset({ task, id, signal }: StreamTransfer): Promise<number> {
  const view = await retry(task, signal, () => task.engine.api.status.query({ id }, { signal }));
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  task.state.heldByServer([{ start: 0, end: view.offset }]);
  return view.offset;
}
