import { type CompletedView, completedView } from "./completed-view.ts";
import { createDeferred } from "./deferred.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { heldRanges } from "./find-upload.ts";
import { retry } from "./retry.ts";
import { runUpload } from "./run-upload.ts";
import type { Release } from "./runtime.ts";
import { canResume, isOver, type UploadSnapshot } from "./snapshot.ts";
import { closeSource, type UploadTask } from "./upload-task.ts";

/** One file on its way to the server. */
export interface Upload {
  readonly fingerprint: string;
  /** The same object until something changes. */
  snapshot(): UploadSnapshot;
  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): Release;
  /** Stops sending and keeps what the server has. `done` stays pending. */
  pause(): void;
  /** Continues after a pause, a failure, or a new sign-in. */
  resume(): void;
  /** Cancels the upload and deletes what was sent from the server. Does nothing once it is done. */
  abort(): Promise<void>;
  /** The completed upload. Rejects with an `UploadFailure`; after `resume` it is another promise. */
  readonly done: Promise<CompletedView>;
}

/** Calls `listener` once with the completed upload. */
export function whenDone(
  upload: Pick<Upload, "snapshot" | "subscribe">,
  listener: (view: CompletedView) => void,
): void {
  const leave = upload.subscribe(() => {
    const { phase, view } = upload.snapshot();
    if (isOver(phase)) leave();
    if (phase === "done" && view !== null) listener(completedView(view));
  });
}

/** Starts the task. */
export function startUpload(task: UploadTask): Upload {
  return new RunningUpload(task);
}

class RunningUpload implements Upload {
  readonly #task: UploadTask;
  #stop = new AbortController();
  /** Aborts a status request that is no longer needed after a resume or a cancellation. */
  #look = new AbortController();
  #run: Promise<void> = Promise.resolve();
  #done = createDeferred<CompletedView>();

  constructor(task: UploadTask) {
    this.#task = task;
    this.#start();
  }

  get fingerprint(): string {
    return this.#task.fingerprint;
  }

  get done(): Promise<CompletedView> {
    return this.#done.promise;
  }

  snapshot(): UploadSnapshot {
    return this.#task.state.snapshot;
  }

  subscribe(listener: () => void): Release {
    return this.#task.state.subscribe(listener);
  }

  pause(): void {
    const { phase } = this.snapshot();
    if (isOver(phase) || phase === "paused" || phase === "failed") return;
    this.#stop.abort();
    this.#task.state.set({ phase: "paused" });
  }

  resume(): void {
    if (!canResume(this.snapshot())) return;
    const { phase, hold } = this.snapshot();
    if (hold === "signed-out") this.#task.engine.gate.open();
    if (phase !== "paused" && phase !== "failed") return;
    if (phase === "failed") this.#done = createDeferred();
    this.#start();
  }

  async abort(): Promise<void> {
    const { phase } = this.snapshot();
    if (isOver(phase)) return;
    this.#stop.abort();
    this.#look.abort();
    this.#task.state.set({ phase: "cancelled" });
    this.#done.reject(new UploadFailure("ABORTED"));
    await this.#run;
    await this.#remove();
  }

  #start(): void {
    this.#look.abort();
    this.#look = new AbortController();
    const stop = new AbortController();
    this.#stop = stop;
    this.#task.state.set({ phase: "waiting", failure: null });
    // The previous run may still be releasing its locks.
    this.#run = this.#run.then(() => this.#runOnce(stop.signal));
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const { state } = this.#task;
    // Resumed at the moment when the previous run completed.
    if (isOver(this.snapshot().phase)) return;
    try {
      const view = completedView(await runUpload(this.#task, signal));
      // Cancelled after the last response: `abort` is about to delete the upload.
      if (this.snapshot().phase === "cancelled") return;
      this.#close();
      state.set({ phase: "done", view });
      this.#done.resolve(view);
    } catch (thrown) {
      // Paused or cancelled: the phase is already set.
      if (signal.aborted) return this.#lookBack();
      const failure = readFailure(thrown);
      state.dropUnconfirmed();
      state.set({ phase: "failed", failure });
      this.#done.reject(failure);
    }
  }

  /** After a pause: asks the server which of the bytes in flight it kept. */
  async #lookBack(): Promise<void> {
    const { engine, state, verifiedId } = this.#task;
    if (verifiedId === null || this.snapshot().phase !== "paused") return state.dropUnconfirmed();
    const { signal } = this.#look;
    const view = await engine.api.status.query({ id: verifiedId }, { signal }).catch(() => null);
    if (view === null) state.dropUnconfirmed();
    else state.heldByServer(heldRanges(view));
  }

  async #remove(): Promise<void> {
    const { engine, verifiedId, uploadId, fingerprint } = this.#task;
    this.#close();
    if (uploadId === null) await engine.runtime.memory.forget(fingerprint);
    const id = verifiedId ?? uploadId;
    if (id === null) return;
    const remove = () => engine.api.delete.mutate({ id });
    // Best effort: what remains expires. A ticket may not delete its upload, so this is tried once.
    const removed =
      uploadId === null ? retry(this.#task, new AbortController().signal, remove) : remove();
    await removed.catch(() => undefined);
  }

  #close(): void {
    closeSource(this.#task);
  }
}
