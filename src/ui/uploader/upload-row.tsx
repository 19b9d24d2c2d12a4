"use client";

import { memo } from "react";
import { useUpload } from "../../client/react/index.ts";
import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import { Badge } from "../kit/badge.tsx";
import { FileName } from "../kit/file-name.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { describeUpload } from "./describe-upload.ts";
import { StateIcon } from "./state-icon.tsx";
import { UploadActions } from "./upload-actions.tsx";

interface UploadRowProps {
  readonly item: QueueItem;
  readonly onRemove: (key: number) => void;
}

/**
 * One file on its way. Renders by itself when its upload moves; the list around it does not. A file
 * that is done needs no bar; its row stays as high, so that no button moves away under a finger.
 */
export const UploadRow = memo(function UploadRow({ item, onRemove }: UploadRowProps) {
  const snapshot = useUpload(item.upload);
  const { state, tone } = describeUpload(snapshot);
  return (
    <li
      data-key={item.key}
      data-phase={snapshot.phase}
      className="grid min-h-21 grid-cols-[minmax(0,1fr)_auto] content-center items-center gap-x-3 px-4 py-3 [contain-intrinsic-size:auto_5.25rem] [content-visibility:auto] max-sm:min-h-27 sm:grid-cols-[minmax(0,1fr)_auto_auto]"
    >
      <FileName name={snapshot.path} />
      <div className="col-start-1 mt-1 flex min-w-24 sm:col-start-2 sm:row-span-2 sm:row-start-1 sm:mt-0 sm:justify-end">
        <Badge tone={tone}>
          <StateIcon phase={snapshot.phase} hold={snapshot.hold} />
          {state}
        </Badge>
      </div>
      <div className="col-start-2 row-span-2 row-start-1 sm:col-start-3">
        <UploadActions item={item} snapshot={snapshot} onRemove={onRemove} />
      </div>
      <Advance snapshot={snapshot} />
    </li>
  );
});

/** How far it is, and why it does not move when it does not. */
function Advance({ snapshot }: { snapshot: UploadSnapshot }) {
  const { state, bar, percent, facts, reason } = describeUpload(snapshot);
  const done = snapshot.phase === "done";
  const toneOfReason = snapshot.failure === null ? "text-warning" : "text-destructive";
  return (
    <div className="col-start-1 max-sm:col-span-2">
      {!done && (
        <Progress
          label={uploaderMessages.progressOf(snapshot.filename)}
          percent={percent}
          text={`${Math.floor(percent)} %, ${state}`}
          tone={bar}
          className="mt-2"
        />
      )}
      <div className="mt-1.5 flex justify-between gap-x-4 text-muted-foreground text-xs tabular-nums">
        <span>{facts.join(" · ")}</span>
        {!done && <span aria-hidden>{Math.floor(percent)}&nbsp;%</span>}
      </div>
      {reason !== null && <p className={`mt-1 text-xs ${toneOfReason}`}>{reason}</p>}
    </div>
  );
}
