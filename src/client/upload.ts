import { type CompletedView, completedView } from "./completed-view.ts";
import { createDeferred } from "./deferred.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { heldRanges } from "./find-upload.ts";
import { persist } from "./persist.ts";
import { runUpload } from "./run-upload.ts";
import type { Release } from "./runtime.ts";
import { canResume, isOver, type UploadSnapshot } from "./snapshot.ts";
import { closeSource, type UploadTask } from "./upload-task.ts";

/** One file on its way to the server. */
export interface Upload {
  readonly fingerprint: string;
  /** The same object until something changes. */
  snapshot(): UploadSnapshot;
  /** Calls `listener` after every change, until the answer is called. */
  subscribe(listener: () => void): Release;
  /** Stops sending and keeps all that was gained. Pausing is no failure: `done` stays open. */
  pause(): void;
  /** Goes on after a pause, a failure, or a new sign-in. */
  resume(): void;
  /** Ends it for good and removes from the server what was sent. Does nothing once it is done. */
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
  /** Ends a look at the server that a resume or an end makes needless. */
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
    // The run before may still be letting go of its locks.
    this.#run = this.#run.then(() => this.#runOnce(stop.signal));
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const { state } = this.#task;
    // Resumed at the moment when the run before came to its end after all.
    if (isOver(this.snapshot().phase)) return;
    try {
      const view = completedView(await runUpload(this.#task, signal));
      // Cancelled after the last answer: whoever did it is about to remove what arrived.
      if (this.snapshot().phase === "cancelled") return;
      this.#close();
      state.set({ phase: "done", view });
      this.#done.resolve(view);
    } catch (thrown) {
      // Paused or cancelled: whoever did it has said so already.
      if (signal.aborted) return this.#lookBack();
      const failure = readFailure(thrown);
      state.dropUnconfirmed();
      state.set({ phase: "failed", failure });
      this.#done.reject(failure);
    }
  }

  /** After a pause: what the server kept of the bytes that were on the way. */
  async #lookBack(): Promise<void> {
    const { engine, state, proven } = this.#task;
    if (proven === null || this.snapshot().phase !== "paused") return state.dropUnconfirmed();
    const { signal } = this.#look;
    const view = await engine.api.status.query({ id: proven }, { signal }).catch(() => null);
    if (view === null) state.dropUnconfirmed();
    else state.answered(heldRanges(view));
  }

  async #remove(): Promise<void> {
    const { engine, proven, uploadId, fingerprint } = this.#task;
    this.#close();
    if (uploadId === null) await engine.runtime.memory.forget(fingerprint);
    const id = proven ?? uploadId;
    if (id === null) return;
    const remove = () => engine.api.delete.mutate({ id });
    // Best effort: what stays behind expires. A ticket may not remove what it may send, so it asks once.
    const removed =
      uploadId === null ? persist(this.#task, new AbortController().signal, remove) : remove();
    await removed.catch(() => undefined);
  }

  #close(): void {
    closeSource(this.#task);
  }
}
