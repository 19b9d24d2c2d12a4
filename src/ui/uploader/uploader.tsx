"use client";

import { useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useUploads } from "../../client/react/index.ts";
import type { ReadDrop } from "../../client/react/read-drop.ts";
import { formatBytes } from "../format.ts";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import { useDebounced } from "../kit/use-debounced.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { Announcer } from "./announcer.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { FilePicker } from "./file-picker.tsx";
import { SignedOutNotice } from "./signed-out-notice.tsx";
import { UnfinishedNotice } from "./unfinished-notice.tsx";
import { UploadList } from "./upload-list.tsx";
import { useFileDrop } from "./use-file-drop.ts";

/** The uploader. `maxBytes`: the largest file in bytes, null for no limit. */
export function Uploader({ maxBytes }: { maxBytes: number | null }) {
  const queue = useQueue();
  const [refused, setRefused] = useState<readonly string[]>([]);
  const take = ({ files, unreadable }: ReadDrop) => {
    const limit = maxBytes ?? Number.POSITIVE_INFINITY;
    const fits = files.filter(({ file }) => file.size <= limit);
    const tooLarge = files.filter(({ file }) => file.size > limit);
    setRefused([
      ...unreadable.map((name) => uploaderMessages.unreadable(name)),
      ...tooLarge.map(({ file }) => uploaderMessages.tooLarge(file.name, formatBytes(limit))),
    ]);
    if (fits.length > 0)
      void queue.add(fits.map(({ file, path }) => ({ file, options: { path } })));
  };
  const over = useFileDrop(take);
  useFreshLists();
  return (
    <>
      {over && <DropOverlay />}
      <Announcer />
      <div className="space-y-4">
        <FilePicker maxBytes={maxBytes} onFiles={take} />
        {refused.length > 0 && <Refused reasons={refused} onDismiss={() => setRefused([])} />}
        <SignedOutNotice />
        <UnfinishedNotice />
        <UploadList />
      </div>
    </>
  );
}

/** The lists of what the server has are asked for again when an upload ends. */
function useFreshLists(): void {
  // Many small files end every second: the lists are asked for when there is a lull.
  const done = useDebounced(useUploads(useQueue()).totals.done, 400);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (done > 0) void queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
  }, [done, trpc, queryClient]);
}

function Refused({ reasons, onDismiss }: { reasons: readonly string[]; onDismiss: () => void }) {
  const shown = reasons.slice(0, 10);
  return (
    <Notice tone="destructive" icon={<CircleAlert aria-hidden className="text-destructive" />}>
      <div role="alert" className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium">{uploaderMessages.rejected(reasons.length)}</p>
          <ul className="mt-1 break-words">
            {shown.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
            {reasons.length > shown.length && (
              <li>{uploaderMessages.more(reasons.length - shown.length)}</li>
            )}
          </ul>
        </div>
        <Button look="quiet" className="-my-2 -mr-2" onClick={onDismiss}>
          {uploaderMessages.dismissRejected}
        </Button>
      </div>
    </Notice>
  );
}
