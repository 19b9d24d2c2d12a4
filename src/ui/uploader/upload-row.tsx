"use client";

import { memo } from "react";
import { useUpload } from "../../client/react/index.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import { Badge } from "../kit/badge.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { describeUpload } from "./describe-upload.ts";
import { StateIcon } from "./state-icon.tsx";
import { UploadActions } from "./upload-actions.tsx";

interface UploadRowProps {
  readonly item: QueueItem;
  readonly onRemove: (key: number) => void;
}

/** One file on its way. Renders by itself when its upload moves; the list around it does not. */
export const UploadRow = memo(function UploadRow({ item, onRemove }: UploadRowProps) {
  const snapshot = useUpload(item.upload);
  const { state, tone, bar, percent, facts, reason } = describeUpload(snapshot);
  return (
    <li
      data-key={item.key}
      data-phase={snapshot.phase}
      className="px-4 py-3.5 [contain-intrinsic-size:auto_5rem] [content-visibility:auto]"
    >
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 truncate font-medium text-sm" title={snapshot.path}>
          {snapshot.path}
        </p>
        <Badge tone={tone}>
          <StateIcon phase={snapshot.phase} hold={snapshot.hold} />
          {state}
        </Badge>
        <UploadActions item={item} snapshot={snapshot} onRemove={onRemove} />
      </div>
      <Progress
        label={uploaderMessages.progressOf(snapshot.filename)}
        percent={percent}
        text={`${Math.floor(percent)} %, ${state}`}
        tone={bar}
        thin={snapshot.phase === "done"}
        className="mt-1.5"
      />
      <div className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-muted-foreground text-xs tabular-nums">
        <span>{facts.join(" · ")}</span>
        <span aria-hidden>{snapshot.phase === "done" ? "" : `${Math.floor(percent)} %`}</span>
      </div>
      {reason !== null && (
        <p
          className={
            snapshot.failure === null
              ? "mt-1 text-warning text-xs"
              : "mt-1 text-destructive text-xs"
          }
        >
          {reason}
        </p>
      )}
    </li>
  );
});
