"use client";

import { CircleAlert } from "lucide-react";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Notice } from "../kit/notice.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRefusals } from "../uploads/refusals.tsx";

/** Reasons shown before the rest is counted. */
const SHOWN = 10;

/** The files that were not accepted, and why. */
export function Refused() {
  const { reasons, dismiss } = useRefusals();
  const formats = useFormats();
  if (reasons.length === 0) return null;
  // The newest must be seen: there is always one that was refused just now.
  const shown = reasons.slice(-SHOWN);
  const more = reasons.length - shown.length;
  return (
    <Notice tone="destructive" icon={<CircleAlert aria-hidden className="text-destructive" />}>
      <div role="alert" className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium">{uploaderMessages.rejected(reasons.length, formats)}</p>
          <ul className="mt-1 break-words">
            {shown.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
            {more > 0 && <li>{uploaderMessages.more(more, formats)}</li>}
          </ul>
        </div>
        <Button look="quiet" className="-my-2 -mr-2" onClick={dismiss}>
          {uploaderMessages.dismissRejected}
        </Button>
      </div>
    </Notice>
  );
}
