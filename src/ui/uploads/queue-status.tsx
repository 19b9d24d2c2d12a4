"use client";

import { TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useUploads } from "../../client/react/index.ts";
import { percentOf } from "../format.ts";
import { useFormats } from "../kit/locale.tsx";
import { Progress } from "../kit/progress.tsx";
import { connectionMessages } from "../messages/connection.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import type { ConnectionTrouble } from "./connection.ts";
import { useQueue } from "./uploads-provider.tsx";
import { useConnectionTrouble } from "./use-connection-trouble.ts";
import { useLeaveGuard } from "./use-leave-guard.ts";

/** The progress of the queue, in the frame of all pages. Empty while no upload is pending. */
export function QueueStatus() {
  const queue = useQueue();
  const { totals } = useUploads(queue);
  const trouble = useConnectionTrouble();
  useLeaveGuard(queue, totals.moving);
  return (
    <>
      <ConnectionAnnouncer trouble={trouble} />
      {totals.pending > 0 && (
        <Share percent={percentOf(totals.sent, totals.size)} trouble={trouble} />
      )}
    </>
  );
}

function Share({ percent, trouble }: { percent: number; trouble: ConnectionTrouble | null }) {
  const formats = useFormats();
  return (
    <div className="flex shrink-0 items-center gap-2 whitespace-nowrap text-muted-foreground text-xs tabular-nums">
      {trouble !== null && (
        <span className="flex items-center gap-1 font-medium text-warning">
          <TriangleAlert aria-hidden className="size-3.5" />
          <span className="max-sm:sr-only">{connectionMessages.short[trouble]}</span>
        </span>
      )}
      <Progress
        label={uploaderMessages.progressOfAll}
        percent={percent}
        tone={trouble === null ? "primary" : "muted"}
        className="w-12 shrink-0 sm:w-20"
      />
      <span aria-hidden className="min-w-8">
        {formats.percent(percent)}
      </span>
    </div>
  );
}

/** Announces to screen readers when the uploads stop and when they continue. */
function ConnectionAnnouncer({ trouble }: { trouble: ConnectionTrouble | null }) {
  const [text, setText] = useState("");
  const before = useRef(trouble);
  useEffect(() => {
    if (trouble === before.current) return;
    before.current = trouble;
    setText(trouble === null ? connectionMessages.continues : connectionMessages.announce[trouble]);
  }, [trouble]);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
