"use client";

import { Pause, Play } from "lucide-react";
import type { QueueTotals, UploadQueue } from "../../client/upload-queue.ts";
import { formatBytes, formatSpeed, formatTimeLeft, percentOf } from "../format.ts";
import { Button } from "../kit/button.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";

/** All files together, and orders to all of them. */
export function TotalsBar({ queue, totals }: { queue: UploadQueue; totals: QueueTotals }) {
  const { files, done, size, sent, speed, secondsLeft, pending, paused, failed } = totals;
  const percent = percentOf(sent, size);
  const facts = [
    uploaderMessages.totals(done, files),
    `${formatBytes(sent)} of ${formatBytes(size)}`,
    speed === null ? null : formatSpeed(speed),
    secondsLeft === null ? null : formatTimeLeft(secondsLeft),
  ].filter((fact) => fact !== null);
  return (
    <div className="border-border border-b bg-muted/40 px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm tabular-nums">{facts.join(" · ")}</p>
        <div className="-mr-1.5 flex flex-wrap max-sm:-ml-3.5">
          {pending > 0 && (
            <Button look="quiet" onClick={() => queue.pauseAll()}>
              <Pause aria-hidden />
              {uploaderMessages.pauseAll}
            </Button>
          )}
          {paused + failed > 0 && (
            <Button look="quiet" onClick={() => queue.resumeAll()}>
              <Play aria-hidden />
              {uploaderMessages.resumeAll}
            </Button>
          )}
          {done > 0 && (
            <Button look="quiet" onClick={() => queue.clearDone()}>
              {uploaderMessages.clear}
            </Button>
          )}
        </div>
      </div>
      <Progress
        label={uploaderMessages.progressOfAll}
        percent={percent}
        tone={done === files ? "success" : "primary"}
        thin={done === files}
        className="mt-2"
      />
    </div>
  );
}
