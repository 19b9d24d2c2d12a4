"use client";

import { useCallback, useSyncExternalStore } from "react";
import type { UploadPhase, UploadSnapshot } from "../../client/snapshot.ts";
import type { Upload } from "../../client/upload.ts";
import { Pacer } from "./pacer.ts";

/** The shortest time between two updates of a row, in milliseconds: five a second. */
const ROW_MS = 200;

/** One for all rows: they update in one render. */
const rows = new Pacer(ROW_MS);

/** Phases that the user asks for, or must see at once. */
const urgent: readonly UploadPhase[] = ["paused", "failed", "cancelled"];

/** The state of `upload`, for a row: at most five updates a second; pausing and failing show at once. */
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
