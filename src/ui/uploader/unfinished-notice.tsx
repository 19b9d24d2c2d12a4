"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useUploads } from "../../client/react/index.ts";
import { formatBytes } from "../format.ts";
import { Notice } from "../kit/notice.tsx";
import { filesMessages } from "../messages/files.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { isContinuedHere } from "../uploads/continued-here.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";

/** No more names than this; the rest is counted. */
const NAMED = 3;

/** Reminds of uploads that were interrupted and are not under way in this page. */
export function UnfinishedNotice() {
  const trpc = useTRPC();
  const { items } = useUploads(useQueue());
  const { data } = useQuery(trpc.uploads.list.queryOptions({ status: "uploading", limit: 20 }));
  const { leaving } = useRemovals();
  const here = new Set(items.map(({ upload }) => upload.snapshot().view?.id));
  // A queue that has only just been filled has not found out which uploads are its own.
  const settling = items.some(({ upload }) => upload.snapshot().phase === "proving");
  const others = (data?.items ?? []).filter(
    (view) => isContinuedHere(view) && !here.has(view.id) && !leaving.has(view.id),
  );
  if (others.length === 0 || settling) return null;
  const open = data !== undefined && data.nextCursor !== null;
  return (
    <Notice icon={<History aria-hidden />}>
      <p className="font-medium">
        {uploaderMessages.unfinished(others.length, open)}{" "}
        <span className="font-normal text-muted-foreground">{uploaderMessages.unfinishedHint}</span>
      </p>
      <ul className="mt-1.5 space-y-0.5 text-muted-foreground">
        {others.slice(0, NAMED).map(({ id, filename, offset, size }) => (
          <li key={id} className="flex gap-2">
            <span dir="auto" className="truncate">
              {filename}
            </span>
            <span className="shrink-0 tabular-nums">
              {size === null
                ? formatBytes(offset)
                : filesMessages.held(formatBytes(offset), formatBytes(size))}
            </span>
          </li>
        ))}
        {others.length > NAMED && (
          <li>{uploaderMessages.unfinishedMore(others.length - NAMED, open)}</li>
        )}
      </ul>
    </Notice>
  );
}
