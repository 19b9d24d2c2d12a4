import { useCallback, useSyncExternalStore } from "react";
import type { UploadSnapshot } from "../snapshot.ts";
import type { Upload } from "../upload.ts";

/** The part of an upload that the hook uses. */
export type Watchable = Pick<Upload, "snapshot" | "subscribe">;

/** Returns the snapshot of `upload` and renders again after every change. Returns null for null. */
export function useUpload(upload: Watchable): UploadSnapshot;
export function useUpload(upload: Watchable | null): UploadSnapshot | null;
export function useUpload(upload: Watchable | null): UploadSnapshot | null {
  const subscribe = useCallback(
    (listener: () => void) => upload?.subscribe(listener) ?? noop,
    [upload],
  );
  const read = () => upload?.snapshot() ?? null;
  return useSyncExternalStore(subscribe, read, read);
}

const noop = () => undefined;
