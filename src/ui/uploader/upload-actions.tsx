"use client";

import { Pause, Play, RotateCw, X } from "lucide-react";
import { canResume, isOver, type UploadSnapshot } from "../../client/snapshot.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import { Button } from "../kit/button.tsx";
import { uploaderMessages } from "../messages/uploader.ts";

interface UploadActionsProps {
  readonly item: QueueItem;
  readonly snapshot: UploadSnapshot;
  readonly onRemove: (key: number) => void;
}

/** The buttons of an upload's row. */
export function UploadActions({ item, snapshot, onRemove }: UploadActionsProps) {
  const { phase, path } = snapshot;
  const over = isOver(phase);
  const remove = over ? uploaderMessages.dismiss(path) : uploaderMessages.cancel(path);
  return (
    <div className="-mr-1.5 flex justify-end sm:min-w-18">
      {!over && <PauseOrResume item={item} snapshot={snapshot} />}
      <Button
        look="quiet"
        size="icon"
        aria-label={remove}
        title={remove}
        onClick={() => onRemove(item.key)}
      >
        <X aria-hidden />
      </Button>
    </div>
  );
}

function PauseOrResume({ item, snapshot }: Omit<UploadActionsProps, "onRemove">) {
  const { phase, path } = snapshot;
  const { upload } = item;
  // A single button for both actions keeps the focus when it changes.
  const isRunning = !canResume(snapshot);
  const resume = phase === "failed" ? uploaderMessages.retry(path) : uploaderMessages.resume(path);
  const label = isRunning ? uploaderMessages.pause(path) : resume;
  const ResumeIcon = phase === "failed" ? RotateCw : Play;
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={label}
      title={label}
      onClick={() => (isRunning ? upload.pause() : upload.resume())}
    >
      {isRunning ? <Pause aria-hidden /> : <ResumeIcon aria-hidden />}
    </Button>
  );
}
