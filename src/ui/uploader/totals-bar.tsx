"use client";

import { Check, Pause, Play, X } from "lucide-react";
import { useState } from "react";
import type { QueueTotals, UploadQueue } from "../../client/upload-queue.ts";
import { formatBytes, formatSpeed, formatTimeLeft, percentOf } from "../format.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRemovals } from "../uploads/removals.tsx";

/** All files together, and orders to all of them. */
export function TotalsBar({ queue, totals }: { queue: UploadQueue; totals: QueueTotals }) {
  const { files, done, size, sent, speed, secondsLeft, failed } = totals;
  const percent = percentOf(sent, size);
  const facts = [
    uploaderMessages.totals(done, files),
    failed === 0 ? null : uploaderMessages.failedOfAll(failed),
    `${formatBytes(sent)} of ${formatBytes(size)}`,
    speed === null ? null : formatSpeed(speed),
    secondsLeft === null ? null : formatTimeLeft(secondsLeft),
  ].filter((fact) => fact !== null);
  return (
    <div className="border-border border-b bg-muted/40 px-4 py-3.5">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <p className="text-sm tabular-nums">{facts.join(" · ")}</p>
        <Orders queue={queue} totals={totals} />
      </div>
      <Progress
        label={uploaderMessages.progressOfAll}
        percent={percent}
        tone={done === files ? "success" : "primary"}
        className="mt-2"
      />
    </div>
  );
}

function Orders({ queue, totals }: { queue: UploadQueue; totals: QueueTotals }) {
  const { done, pending, paused, failed } = totals;
  const { removeAll } = useRemovals();
  const [asking, setAsking] = useState(false);
  const open = pending + paused + failed;
  return (
    <div className="-mx-2.5 flex flex-wrap">
      {pending > 0 && (
        <Button look="quiet" size="narrow" onClick={() => queue.pauseAll()}>
          <Pause aria-hidden />
          {uploaderMessages.pauseAll}
        </Button>
      )}
      {paused + failed > 0 && (
        <Button look="quiet" size="narrow" onClick={() => queue.resumeAll()}>
          <Play aria-hidden />
          {uploaderMessages.resumeAll}
        </Button>
      )}
      {open > 0 && (
        <Button look="quiet" size="narrow" onClick={() => setAsking(true)}>
          <X aria-hidden />
          {uploaderMessages.cancelAll}
        </Button>
      )}
      {done > 0 && (
        <Button look="quiet" size="narrow" onClick={() => queue.clearDone()}>
          <Check aria-hidden />
          {uploaderMessages.clear}
        </Button>
      )}
      <ConfirmDialog
        open={asking && open > 0}
        onOpenChange={setAsking}
        title={uploaderMessages.cancelTitle(open)}
        action={uploaderMessages.cancelAction}
        dismiss={uploaderMessages.cancelNot}
        onConfirm={async () => removeAll()}
      >
        {uploaderMessages.cancelBody}
      </ConfirmDialog>
    </div>
  );
}
