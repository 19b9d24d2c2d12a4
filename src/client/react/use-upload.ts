import { useCallback, useSyncExternalStore } from "react";
import type { UploadSnapshot } from "../snapshot.ts";
import type { Upload } from "../upload.ts";

/** As much of an upload as is shown. */
export type Watchable = Pick<Upload, "snapshot" | "subscribe">;

/** Where `upload` stands; renders again after every change. null as long as there is none. */
export function useUpload(upload: Watchable): UploadSnapshot;
export function useUpload(upload: Watchable | null): UploadSnapshot | null;
export function useUpload(upload: Watchable | null): UploadSnapshot | null {
  const subscribe = useCallback(
    (listener: () => void) => upload?.subscribe(listener) ?? nothing,
    [upload],
  );
  const read = () => upload?.snapshot() ?? null;
  return useSyncExternalStore(subscribe, read, read);
}

const nothing = () => undefined;
