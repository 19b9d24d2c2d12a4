"use client";

import { useEffect, useState } from "react";
import type { QueueItem, UploadQueue } from "../../client/upload-queue.ts";
import type { Formats } from "../format.ts";
import { useFormats } from "../kit/locale.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { nextMilestone, nothingAnnounced } from "./milestones.ts";

/** The only live region of the uploader. */
export function Announcer() {
  const text = useAnnouncement(useQueue(), useFormats());
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}

function useAnnouncement(queue: UploadQueue, formats: Formats): string {
  const [text, setText] = useState("");
  useEffect(() => {
    let announced = nothingAnnounced;
    const known = new Set<number>();
    const look = () => {
      const next = nextMilestone(announced, queue.snapshot.totals, formats);
      announced = next.announced;
      const failed = newlyFailed(queue, known);
      const news = failed === null ? next.text : uploaderMessages.announce.failed(failed);
      if (news !== null) setText(news);
    };
    look();
    return queue.subscribe(look);
  }, [queue, formats]);
  return text;
}

/** The name of a file that failed since the last call. `known`: keys of the files announced so far. */
function newlyFailed({ snapshot }: UploadQueue, known: Set<number>): string | null {
  if (snapshot.totals.failed === 0) known.clear();
  const failed = snapshot.totals.failed === 0 ? [] : snapshot.items.filter(isFailed);
  const news = failed.filter(({ key }) => !known.has(key));
  for (const { key } of news) known.add(key);
  return news.at(-1)?.upload.snapshot().filename ?? null;
}

function isFailed({ upload }: QueueItem): boolean {
  return upload.snapshot().phase === "failed";
}
