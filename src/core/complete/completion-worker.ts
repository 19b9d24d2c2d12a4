import { assemble, removeSpentParts } from "../concatenate/assemble.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, UploadError } from "../errors.ts";
import { exclusively } from "../exclusive.ts";
import type { Upload } from "../upload.ts";
import { verifyAndComplete } from "./complete-upload.ts";

/** How often the work of another instance on a final is checked. Milliseconds. */
const LOOK_MS = 500;
const PAGE = 100;
/** Runs that may be under way when `scheduleAll` adds one: each reads and writes whole files. */
const AT_ONCE = 4;

/** Whether an upload needs no more requests: the server completes it. */
export function isReadyToComplete(upload: Upload): boolean {
  const { state, origin, concat, offset, size } = upload;
  if (state !== "uploading" || origin !== "tus" || concat === "partial") return false;
  return concat === "final" || offset === size;
}

/**
 * Completes uploads that need no more bytes in the background: assembles finals, and completes uploads
 * that a crash left full but not complete. One run per upload.
 */
export class CompletionWorker {
  readonly #core: CoreContext;
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #stop = new AbortController();

  constructor(core: CoreContext) {
    this.#core = core;
  }

  /** Starts a run if the upload is ready and no run is active. */
  schedule(upload: Upload): void {
    if (!isReadyToComplete(upload) || this.#running.has(upload.id) || this.#stop.signal.aborted)
      return;
    // A body that has brought everything completes the upload itself as soon as it has ended.
    if (upload.concat === null && this.#core.writers.isWriting(upload.id)) return;
    const run = this.#run(upload)
      .then(() => null)
      .catch((error: unknown) => {
        this.#log(upload, error);
        return error;
      })
      .finally(() => this.#running.delete(upload.id));
    this.#running.set(upload.id, run);
  }

  isRunning(uploadId: string): boolean {
    return this.#running.has(uploadId);
  }

  /**
   * Waits at most `ms` for the upload's run, if there is one. Returns why it failed; null if it did
   * not fail, or was only stopped: it continues after the next start.
   */
  async settled(uploadId: string, ms: number): Promise<unknown> {
    const run = this.#running.get(uploadId);
    if (run === undefined) return null;
    const ended = new AbortController();
    const late = this.#core.clock.sleep(ms, ended.signal).then(() => null);
    const failure = await Promise.race([run, late]);
    ended.abort();
    return this.#stop.signal.aborted ? null : failure;
  }

  /**
   * Starts a run for every upload that is ready, a few at a time, such as those interrupted by a stop.
   * Resolves when the last run has started, or when `signal` aborts.
   */
  async scheduleAll(signal: AbortSignal): Promise<void> {
    let afterId: string | undefined;
    for (;;) {
      const page = await this.#core.uploads.readyToComplete({ afterId, limit: PAGE });
      for (const upload of page) {
        await this.#roomForOne(signal);
        if (signal.aborted) return;
        this.schedule(upload);
      }
      afterId = page.at(-1)?.id;
      if (page.length < PAGE) return;
    }
  }

  async #roomForOne(signal: AbortSignal): Promise<void> {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    signal.addEventListener("abort", stop, { once: true });
    while (this.#running.size >= AT_ONCE && !signal.aborted) {
      await Promise.race([stopped, ...this.#running.values()]);
    }
    signal.removeEventListener("abort", stop);
  }

  /** Stops all runs. An interrupted assembly continues after the next start. */
  async close(): Promise<void> {
    this.#stop.abort(
      new UploadError("UNAVAILABLE", {
        message: "The server is shutting down; try again in a moment.",
        retryAfterMs: 5_000,
      }),
    );
    await Promise.all(this.#running.values());
  }

  async #run(upload: Upload): Promise<void> {
    for (;;) {
      const turn = await exclusively(this.#core, { name: `assemble ${upload.id}` }, () =>
        this.#finish(upload),
      );
      if (turn.done) return;
      await this.#core.clock.sleep(LOOK_MS, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
      const current = await this.#core.uploads.find(upload.id);
      if (current?.state !== "uploading") return;
    }
  }

  async #finish(upload: Upload): Promise<void> {
    if (upload.concat !== "final") {
      await verifyAndComplete(this.#core, upload, null);
      return;
    }
    const current = await this.#awaitOthers(upload);
    if (current?.state !== "uploading") return;
    const whole = await assemble(this.#core, current, this.#stop.signal);
    try {
      await verifyAndComplete(this.#core, whole, null);
    } finally {
      await removeSpentParts(this.#core, whole.id);
    }
  }

  /** While another instance is putting the final together it needs no help; its death shows by its lease. */
  async #awaitOthers(upload: Upload): Promise<Upload | null> {
    const { claims, clock, uploads } = this.#core;
    while (claims !== null && (await claims.anyAlive(upload.id))) {
      await clock.sleep(LOOK_MS, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
    }
    return uploads.find(upload.id);
  }

  #log({ id: uploadId }: Upload, error: unknown): void {
    const { log } = this.#core;
    // Removed meanwhile, or refused as a whole: its client gets the error with its next request.
    const theirs = isUploadError(error) && ["NOT_FOUND", "REJECTED"].includes(error.code);
    const expected = this.#stop.signal.aborted || theirs;
    if (expected) log.debug({ err: error, uploadId }, "an upload was not brought to its end");
    else log.error({ err: error, uploadId }, "an upload could not be brought to its end");
  }
}
