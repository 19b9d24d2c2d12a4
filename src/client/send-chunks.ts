import type { ByteRange } from "../core/ranges.ts";
import type { ChunkPlan } from "./chunk-plan.ts";
import { type FailureCode, readFailure, UploadFailure } from "./failure.ts";
import { putBytes } from "./put-bytes.ts";
import { retry, waitOut } from "./retry.ts";
import { fileOf, type UploadTask } from "./upload-task.ts";

/** The transfer of the missing bytes of one upload. */
export interface ChunkTransfer {
  readonly task: UploadTask;
  readonly id: string;
  readonly plan: ChunkPlan;
  readonly signal: AbortSignal;
  /** The status request in progress, shared by all parallel chunks that need it. */
  refreshing: Promise<void> | null;
}

/** Sends all missing bytes, several chunks in parallel. Resolves when the server has acknowledged every byte. */
export function sendChunks(transfer: ChunkTransfer): Promise<void> {
  const { plan, task } = transfer;
  const stop = new AbortController();
  const stoppable: ChunkTransfer = {
    ...transfer,
    signal: AbortSignal.any([transfer.signal, stop.signal]),
  };
  let failed: UploadFailure | null = null;
  let running = 0;
  return new Promise((resolve, reject) => {
    const fill = () => {
      while (failed === null && running < task.pace.parallel) {
        const chunk = plan.take();
        if (chunk === null) break;
        running += 1;
        void sendChunk(stoppable, chunk)
          .catch((thrown: unknown) => {
            failed ??= readFailure(thrown);
            stop.abort();
          })
          .finally(() => {
            plan.release(chunk);
            running -= 1;
            fill();
          });
      }
      if (running > 0) return;
      if (failed === null) resolve();
      else reject(failed);
    };
    fill();
  });
}

/** After these codes chunks are sent one at a time: more would increase the load of the server. */
const overloadCodes: ReadonlySet<FailureCode> = new Set(["BUSY", "RATE_LIMITED", "UNAVAILABLE"]);

/** Sends the missing bytes of one chunk. After a failure it gets the ranges that the server holds and continues from there. */
async function sendChunk(transfer: ChunkTransfer, chunk: number): Promise<void> {
  const { plan, task, signal } = transfer;
  let tries = 1;
  for (let range = plan.remaining(chunk); range !== null; range = plan.remaining(chunk)) {
    const openings = task.engine.gate.openings;
    try {
      await putRange(transfer, chunk, range);
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (overloadCodes.has(failure.code)) task.pace.slow();
      if (failure.code === "ALREADY_COMPLETE") {
        plan.heldByServer([{ start: 0, end: fileOf(task).size }]);
        return task.state.heldByServer(plan.held);
      }
      tries = await waitOut(task, { failure, tries, openings, signal });
      await refreshHeld(transfer);
      // An attempt that sent some bytes does not count as failed.
      tries = plan.remaining(chunk)?.start === range.start ? tries + 1 : 1;
    }
  }
}

async function putRange(transfer: ChunkTransfer, chunk: number, range: ByteRange): Promise<void> {
  const { task, id, plan, signal } = transfer;
  const file = fileOf(task);
  const body = file.slice(range.start, range.end);
  await putBytes(task, { id, range, total: file.size, body, chunk, signal });
  plan.acknowledge(range);
}

/** Gets the ranges that the server holds. Parallel chunks share one request. */
export function refreshHeld(transfer: ChunkTransfer): Promise<void> {
  transfer.refreshing ??= fetchHeld(transfer).finally(() => {
    transfer.refreshing = null;
  });
  return transfer.refreshing;
}

async function fetchHeld({ task, id, plan, signal }: ChunkTransfer): Promise<void> {
  const view = await retry(task, signal, () => {
    plan.statusRequested();
    return task.engine.api.status.query({ id }, { signal });
  });
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  plan.heldByServer(view.received.map(([start, end]) => ({ start, end })));
  task.state.heldByServer(plan.held);
}
