"use client";

import { useUploads } from "../../client/react/index.ts";
import { percentOf } from "../format.ts";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useQueue } from "./uploads-provider.tsx";
import { useLeaveGuard } from "./use-leave-guard.ts";

/** How far the uploads are, in the frame of every page; nothing while none is under way. */
export function QueueStatus() {
  const queue = useQueue();
  const { totals } = useUploads(queue);
  useLeaveGuard(queue, totals.moving);
  if (totals.pending === 0) return null;
  const percent = percentOf(totals.sent, totals.size);
  return (
    <div className="flex shrink-0 items-center gap-2 whitespace-nowrap text-muted-foreground text-xs tabular-nums">
      <Progress
        label={uploaderMessages.progressOfAll}
        percent={percent}
        className="w-12 shrink-0 sm:w-20"
      />
      <span aria-hidden>{Math.floor(percent)} %</span>
    </div>
  );
}
