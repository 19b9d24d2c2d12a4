import type { ByteRange } from "../core/ranges.ts";
import type { ChunkPlan } from "./chunk-plan.ts";
import { type FailureCode, readFailure, UploadFailure } from "./failure.ts";
import { persist, waitOut } from "./persist.ts";
import { putBytes } from "./put-bytes.ts";
import { fileOf, type UploadTask } from "./upload-task.ts";

/** One upload's missing bytes on their way. */
export interface Sending {
  readonly task: UploadTask;
  readonly id: string;
  readonly plan: ChunkPlan;
  readonly signal: AbortSignal;
  /** The question that is under way, shared by all lanes that are in doubt. */
  asking: Promise<void> | null;
}

/** Sends all that is missing, several chunks at a time. Ends when the server has acknowledged every byte. */
export function sendChunks(sending: Sending): Promise<void> {
  const { plan, task } = sending;
  const stop = new AbortController();
  const within: Sending = { ...sending, signal: AbortSignal.any([sending.signal, stop.signal]) };
  let first: UploadFailure | null = null;
  let busy = 0;
  return new Promise((resolve, reject) => {
    const fill = () => {
      while (first === null && busy < task.pace.lanes) {
        const chunk = plan.take();
        if (chunk === null) break;
        busy += 1;
        void sendChunk(within, chunk)
          .catch((thrown: unknown) => {
            first ??= readFailure(thrown);
            stop.abort();
          })
          .finally(() => {
            plan.release(chunk);
            busy -= 1;
            fill();
          });
      }
      if (busy > 0) return;
      if (first === null) resolve();
      else reject(first);
    };
    fill();
  });
}

/** The server has enough to do: several chunks at once would make it worse. */
const overload: ReadonlySet<FailureCode> = new Set(["BUSY", "RATE_LIMITED", "UNAVAILABLE"]);

/** Sends what is missing of one chunk; after a doubtful end asks what has arrived, and goes on from there. */
async function sendChunk(sending: Sending, chunk: number): Promise<void> {
  const { plan, task, signal } = sending;
  let tries = 1;
  for (let range = plan.remaining(chunk); range !== null; range = plan.remaining(chunk)) {
    const asked = task.engine.gate.openings;
    try {
      await putRange(sending, chunk, range);
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (overload.has(failure.code)) task.pace.slow();
      if (failure.code === "ALREADY_COMPLETE") {
        plan.answered([{ start: 0, end: fileOf(task).size }]);
        return task.state.answered(plan.held);
      }
      tries = await waitOut(task, { failure, tries, asked, signal });
      await askAgain(sending);
      // Whoever gains bytes has not tried in vain.
      tries = plan.remaining(chunk)?.start === range.start ? tries + 1 : 1;
    }
  }
}

async function putRange(sending: Sending, chunk: number, range: ByteRange): Promise<void> {
  const { task, id, plan, signal } = sending;
  const file = fileOf(task);
  const body = file.slice(range.start, range.end);
  await putBytes(task, { id, range, total: file.size, body, chunk, signal });
  plan.acknowledge(range);
}

/** Asks the server what it holds. Lanes that ask at the same time share the answer. */
export function askAgain(sending: Sending): Promise<void> {
  sending.asking ??= ask(sending).finally(() => {
    sending.asking = null;
  });
  return sending.asking;
}

async function ask({ task, id, plan, signal }: Sending): Promise<void> {
  const view = await persist(task, signal, () => {
    plan.asked();
    return task.engine.api.status.query({ id }, { signal });
  });
  if (view.status === "expired") throw new UploadFailure("EXPIRED");
  plan.answered(view.received.map(([start, end]) => ({ start, end })));
  task.state.answered(plan.held);
}
