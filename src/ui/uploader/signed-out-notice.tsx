"use client";

import { LogIn } from "lucide-react";
import { useUploads } from "../../client/react/index.ts";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";

/** Shown when the session ended while files were on their way: they wait, and nothing is lost. */
export function SignedOutNotice() {
  const queue = useQueue();
  const { items, totals } = useUploads(queue);
  const waits =
    totals.pending > 0 && items.some(({ upload }) => upload.snapshot().hold === "signed-out");
  if (!waits) return null;
  return (
    <Notice tone="warning" icon={<LogIn aria-hidden />}>
      <div role="alert" className="flex flex-wrap items-center justify-between gap-3">
        <p>
          {uploaderMessages.signedOut}{" "}
          <a
            href="/sign-in"
            target="_blank"
            rel="noreferrer"
            className="font-medium underline underline-offset-4"
          >
            {uploaderMessages.signInAgain}
          </a>
          .
        </p>
        <Button className="-my-2" onClick={() => queue.resumeAll()}>
          {uploaderMessages.thenContinue}
        </Button>
      </div>
    </Notice>
  );
}
