"use client";

import { useEffect } from "react";
import type { UploadQueue } from "../../client/upload-queue.ts";

/** Asks before the page is left, only while bytes move: nobody is asked for nothing. */
export function useLeaveGuard(queue: UploadQueue, moving: boolean): void {
  useEffect(() => {
    if (!moving) return;
    const ask = (event: BeforeUnloadEvent) => {
      // The sum is some moments old: whoever has just paused all may go.
      if (isMoving(queue)) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [queue, moving]);
}

/** Whether leaving now would interrupt something. */
export function isMoving(queue: UploadQueue): boolean {
  return queue.snapshot.items.some(({ upload }) => {
    const { phase, hold } = upload.snapshot();
    return phase === "uploading" && hold === null;
  });
}
