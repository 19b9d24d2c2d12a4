"use client";

import { useEffect } from "react";
import type { UploadQueue } from "../../client/upload-queue.ts";

/** Asks for confirmation before the page is closed, only while bytes are being sent. */
export function useLeaveGuard(queue: UploadQueue, moving: boolean): void {
  useEffect(() => {
    if (!moving) return;
    const confirmLeave = (event: BeforeUnloadEvent) => {
      // `moving` may be outdated: the user may have just paused all uploads.
      if (isMoving(queue)) event.preventDefault();
    };
    window.addEventListener("beforeunload", confirmLeave);
    return () => window.removeEventListener("beforeunload", confirmLeave);
  }, [queue, moving]);
}

/** Whether an upload is sending bytes. */
export function isMoving(queue: UploadQueue): boolean {
  return queue.snapshot.items.some(({ upload }) => {
    const { phase, hold } = upload.snapshot();
    return phase === "uploading" && hold === null;
  });
}
