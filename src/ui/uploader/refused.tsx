"use client";

import { CircleAlert } from "lucide-react";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Notice } from "../kit/notice.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRefusals } from "../uploads/refusals.tsx";

/** Maximum number of listed reasons; the rest is counted. */
const SHOWN = 10;

/** Lists the reasons why files were not accepted. */
export function Refused() {
  const { reasons, dismiss } = useRefusals();
  const formats = useFormats();
  if (reasons.length === 0) return null;
  // Shows the newest reasons, since the user has just dropped these files.
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
