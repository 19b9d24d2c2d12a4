import { useSyncExternalStore } from "react";
import type { UploadSnapshot } from "../snapshot.ts";
import type { Upload } from "../upload.ts";
import type { QueueSnapshot, UploadQueue } from "../upload-queue.ts";

/** Where `upload` stands; renders again after every change. */
export function useUpload(upload: Upload): UploadSnapshot {
  return useSyncExternalStore(
    (listener) => upload.subscribe(listener),
    () => upload.snapshot(),
    () => upload.snapshot(),
  );
}

/** The queue's files and their sum; renders again when a file comes or goes, and some five times a second while bytes move. */
export function useUploads(queue: UploadQueue): QueueSnapshot {
  return useSyncExternalStore(
    (listener) => queue.subscribe(listener),
    () => queue.snapshot,
    () => queue.snapshot,
  );
}
