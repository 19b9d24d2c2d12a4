import { Check, Clock, Hourglass, TriangleAlert, Upload } from "lucide-react";
import type { CompletionState, UploadStatus } from "../../core/upload.ts";
import { Badge, type BadgeTone } from "../kit/badge.tsx";
import { filesMessages } from "../messages/files.ts";

const looks = {
  complete: { tone: "success", Icon: Check },
  uploading: { tone: "primary", Icon: Upload },
  expired: { tone: "neutral", Icon: Clock },
} satisfies Record<UploadStatus, { tone: BadgeTone; Icon: typeof Check }>;

interface StatusBadgeProps {
  readonly status: UploadStatus;
  readonly completion: CompletionState | null;
  /** The word for the status. */
  readonly text: string;
  /** Only the icon is seen where the screen is narrow; the word is read out all the same. */
  readonly compact?: boolean;
}

/** The state of an upload on the server. */
export function StatusBadge({ status, completion, text, compact = false }: StatusBadgeProps) {
  const { tone, Icon, word } = lookOf(status, completion, text);
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      <span className={compact ? "max-sm:sr-only" : undefined}>{word}</span>
    </Badge>
  );
}

function lookOf(status: UploadStatus, completion: CompletionState | null, text: string) {
  const word = filesMessages.processing;
  if (completion === "pending") return { tone: "warning", Icon: Hourglass, word } as const;
  if (completion === "failed") return { tone: "warning", Icon: TriangleAlert, word } as const;
  return { ...looks[status], word: text };
}
