"use client";

import { Check, Pause, Play, X } from "lucide-react";
import { useState } from "react";
import type { QueueTotals, UploadQueue } from "../../client/upload-queue.ts";
import { formatTimeLeft, percentOf } from "../format.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { Facts } from "../kit/facts.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useIntake } from "../uploads/intake-provider.tsx";
import { useRemovals } from "../uploads/removals.tsx";

/** With more files than this, the bar has no transition. */
const MANY = 20;

/** The total progress, and buttons for all files. */
export function TotalsBar({ queue, totals }: { queue: UploadQueue; totals: QueueTotals }) {
  const { files, done, size, sent, speed, filesPerSecond, secondsLeft, failed } = totals;
  const formats = useFormats();
  const percent = percentOf(sent, size);
  // For a few large files, files per second are not useful.
  const showsFiles = filesPerSecond !== null && filesPerSecond >= 0.5;
  const facts = [
    uploaderMessages.totals(done, files, formats),
    failed === 0 ? null : uploaderMessages.failedOfAll(failed, formats),
    uploaderMessages.of(formats.bytes(sent), formats.bytes(size)),
    speed === null ? null : formats.speed(speed),
    showsFiles ? uploaderMessages.filesPerSecond(filesPerSecond, formats) : null,
    secondsLeft === null ? null : formatTimeLeft(secondsLeft),
  ].filter((fact) => fact !== null);
  return (
    <div className="border-border border-b bg-muted/40 px-4 py-3.5">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <p className="text-sm tabular-nums">
          <Facts of={facts} />
        </p>
        <Orders queue={queue} totals={totals} />
      </div>
      <Progress
        label={uploaderMessages.progressOfAll}
        percent={percent}
        // With many files, the steps are too small for a transition.
        still={files > MANY}
        tone={done === files ? "success" : "primary"}
        className="mt-2"
      />
    </div>
  );
}

function Orders({ queue, totals }: { queue: UploadQueue; totals: QueueTotals }) {
  const { done, pending, paused, failed } = totals;
  const { removeAll } = useRemovals();
  const { intake } = useIntake();
  const [asking, setAsking] = useState(false);
  const formats = useFormats();
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
        title={uploaderMessages.cancelTitle(open, formats)}
        action={uploaderMessages.cancelAction}
        dismiss={uploaderMessages.cancelNot}
        onConfirm={async () => {
          intake.cancel();
          removeAll();
        }}
      >
        {uploaderMessages.cancelBody}
      </ConfirmDialog>
    </div>
  );
}
