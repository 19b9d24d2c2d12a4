"use client";

import { LogIn } from "lucide-react";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { useConnectionTrouble } from "../uploads/use-connection-trouble.ts";

/** Shown when the session ends during uploads. The frame of the page announces it to screen readers. */
export function SignedOutNotice() {
  const queue = useQueue();
  if (useConnectionTrouble() !== "signed-out") return null;
  return (
    <Notice tone="warning" icon={<LogIn aria-hidden />}>
      <div className="flex flex-wrap items-center justify-between gap-3">
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
