// Exported by the client for every runtime.

export type { CompletedView, StoredView } from "./completed-view.ts";
export { type FailureCode, isRetryable, UploadFailure } from "./failure.ts";
export type { UploadHold, UploadPhase, UploadSetback, UploadSnapshot } from "./snapshot.ts";
export { canResume, isActive, isOver } from "./snapshot.ts";
export type { ContinueOptions, TypedUpload } from "./typed.ts";
export type { Upload } from "./upload.ts";
export type {
  QueueDoneListener,
  QueueEntry,
  QueueItem,
  QueueSnapshot,
  QueueTotals,
  UploadQueue,
} from "./upload-queue.ts";
