import { Check, Clock, Hourglass, TriangleAlert, Unplug, Upload } from "lucide-react";
import type { CompletionState, UploadStatus } from "../../core/upload.ts";
import { Badge, type BadgeTone } from "../kit/badge.tsx";
import { filesMessages } from "../messages/files.ts";

const looks = {
  complete: { tone: "success", Icon: Check },
  uploading: { tone: "primary", Icon: Upload },
  expired: { tone: "neutral", Icon: Clock },
} satisfies Record<UploadStatus, { tone: BadgeTone; Icon: typeof Check }>;

const interruption = { tone: "warning", Icon: Unplug } as const;

interface StatusBadgeProps {
  readonly status: UploadStatus;
  readonly completion: CompletionState | null;
  /** An unfinished upload without recent activity. */
  readonly interrupted?: boolean;
  /** The text for the status. */
  readonly text: string;
}

/** The state of an upload on the server. */
export function StatusBadge({ status, completion, interrupted = false, text }: StatusBadgeProps) {
  if (completion === "pending" || completion === "failed") {
    const Icon = completion === "pending" ? Hourglass : TriangleAlert;
    return (
      <Badge tone="warning">
        <Icon aria-hidden />
        {filesMessages.processing}
      </Badge>
    );
  }
  const { tone, Icon } = interrupted ? interruption : looks[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {text}
    </Badge>
  );
}
