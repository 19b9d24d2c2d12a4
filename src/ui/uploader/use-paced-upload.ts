"use client";

import { useCallback, useSyncExternalStore } from "react";
import type { UploadPhase, UploadSnapshot } from "../../client/snapshot.ts";
import type { Upload } from "../../client/upload.ts";
import { Pacer } from "./pacer.ts";

/** Minimum interval between two updates of a row in milliseconds. */
const ROW_MS = 200;

/** Shared by all rows, so that they update in one render. */
const rows = new Pacer(ROW_MS);

/** Phases that are shown without delay. */
const urgent: readonly UploadPhase[] = ["paused", "failed", "cancelled"];

/** The state of `upload` for a row: at most five updates per second; urgent phases are shown without delay. */
export function usePacedUpload(upload: Pick<Upload, "snapshot" | "subscribe">): UploadSnapshot {
  const subscribe = useCallback(
    (listener: () => void) => {
      let { phase } = upload.snapshot();
      const leave = upload.subscribe(() => {
        const before = phase;
        ({ phase } = upload.snapshot());
        const isUrgent = before !== phase && (urgent.includes(phase) || urgent.includes(before));
        if (isUrgent) rows.addUrgent(listener);
        else rows.add(listener);
      });
      return () => {
        leave();
        rows.remove(listener);
      };
    },
    [upload],
  );
  const read = () => upload.snapshot();
  return useSyncExternalStore(subscribe, read, read);
}
