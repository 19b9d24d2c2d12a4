import type { UploadView } from "../wire/schemas.ts";
import { UploadFailure } from "./failure.ts";
import { retry } from "./retry.ts";
import type { UploadTask } from "./upload-task.ts";

const FIRST_MS = 500;
const LAST_MS = 10_000;

/** Whether `onComplete` has run, or there is none. */
export function isSettled({ completion }: Pick<UploadView, "completion">): boolean {
  return completion === null || completion === "done";
}

/**
 * Waits until the profile's `onComplete` has run; the bytes are stored by then. Throws
 * COMPLETION_FAILED when it keeps failing for `completionPatienceMs`, although the server retries it.
 */
export async function awaitCompletion(
  task: UploadTask,
  complete: UploadView,
  signal: AbortSignal,
): Promise<UploadView> {
  const { runtime, completionPatienceMs } = task.engine;
  const { clock, random } = runtime;
  let view = complete;
  let failingSince: number | null = null;
  for (let ms = FIRST_MS; !isSettled(view); ms = Math.min(LAST_MS, ms * 1.6)) {
    failingSince = view.completion === "failed" ? (failingSince ?? clock.now()) : null;
    if (failingSince !== null && clock.now() - failingSince >= completionPatienceMs) {
      const details = { id: view.id, completion: view.completion };
      throw new UploadFailure("COMPLETION_FAILED", {
        message: "The file is stored, but the server could not process it.",
        details,
      });
    }
    await clock.sleep(ms * (0.75 + random() / 2), signal);
    view = await retry(task, signal, () =>
      task.engine.api.status.query({ id: complete.id }, { signal }),
    );
    task.state.set({ view });
  }
  return view;
}
